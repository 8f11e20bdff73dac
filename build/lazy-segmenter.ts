/**
 * What the bundle has for `Intl.Segmenter`. string-width makes one as it is loaded, and Unicode's rules
 * take 9 ms to load: as much as all of commander. Most text is ASCII, and needs none.
 */
class LazySegmenter {
  readonly #given: ConstructorParameters<typeof Intl.Segmenter>;
  #real: Intl.Segmenter | undefined;

  constructor(...given: ConstructorParameters<typeof Intl.Segmenter>) {
    this.#given = given;
  }

  segment(text: string): Intl.Segments {
    this.#real ??= new globalThis.Intl.Segmenter(...this.#given);
    return this.#real.segment(text);
  }
}

// esbuild puts it in the place of the expression that it is exported as.
export { LazySegmenter as 'Intl.Segmenter' };
