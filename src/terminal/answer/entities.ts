/** HTML entities, which some models write instead of the characters. */
import { characterOf } from '../text/code-point.ts';

/** Those of HTML that are written in prose; any other stays as it is. */
const NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'lt < gt > amp & quot " apos \' nbsp \u00a0 ensp \u2002 emsp \u2003 thinsp \u2009',
    'lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ laquo « raquo » lsaquo ‹ rsaquo ›',
    'hellip … mdash — ndash – middot · bull • dagger † Dagger ‡ prime ′ Prime ″ sect § para ¶',
    'copy © reg ® trade ™ deg ° micro µ cent ¢ pound £ yen ¥ euro € curren ¤ iexcl ¡ iquest ¿',
    'times × divide ÷ plusmn ± minus − sup1 ¹ sup2 ² sup3 ³ frac12 ½ frac14 ¼ frac34 ¾ permil ‰',
    'le ≤ ge ≥ ne ≠ equiv ≡ asymp ≈ infin ∞ radic √ sum ∑ prod ∏ int ∫ part ∂ nabla ∇ prop ∝',
    'isin ∈ notin ∉ sub ⊂ sup ⊃ cap ∩ cup ∪ and ∧ or ∨ not ¬ forall ∀ exist ∃ empty ∅ there4 ∴',
    'larr ← uarr ↑ rarr → darr ↓ harr ↔ lArr ⇐ rArr ⇒ hArr ⇔ check ✓ cross ✗ star ☆ hearts ♥',
    'alpha α beta β gamma γ delta δ epsilon ε theta θ lambda λ mu μ pi π rho ρ sigma σ tau τ',
    'phi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Pi Π Sigma Σ Phi Φ Omega Ω',
    'agrave à aacute á acirc â atilde ã auml ä aring å aelig æ ccedil ç egrave è eacute é ecirc ê',
    'euml ë igrave ì iacute í icirc î iuml ï ntilde ñ ograve ò oacute ó ocirc ô otilde õ ouml ö',
    'oslash ø ugrave ù uacute ú ucirc û uuml ü yacute ý yuml ÿ szlig ß thorn þ eth ð oelig œ',
    'Agrave À Aacute Á Auml Ä Aring Å AElig Æ Ccedil Ç Egrave È Eacute É Ntilde Ñ Oacute Ó Ouml Ö',
    'Oslash Ø Uacute Ú Uuml Ü OElig Œ lbrace { rbrace } lbrack [ rbrack ] lpar ( rpar ) num #',
    'grave ` ast * lowbar _ bsol \\ sol / vert | colon : semi ; comma , period . excl ! quest ?',
    'dollar $ percnt % plus + equals = commat @ Hat ^ zwj \u200d zwnj \u200c',
  ].flatMap((row) => {
    const words = row.split(' ');
    return words.flatMap((name, at) => (at % 2 === 0 ? [[name, words[at + 1] ?? '']] : []));
  }),
);

const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]{2,8}\d{0,2}));/g;

/** An entity whose end may still come. */
export const OPEN_ENTITY = /^&(?:#(?:\d{0,7}|[xX][\da-fA-F]{0,6})|[a-zA-Z]{0,8}\d{0,2})$/;

/** The text with the characters that its entities mean. They can be any, also those of a terminal. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (entity, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(NAMES, name) ? (NAMES[name] ?? entity) : entity;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return characterOf(code) ?? '\ufffd'; // as in HTML
  });
}
