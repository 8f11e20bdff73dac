/** `npm run record:book`: fills the blocks of the chapters, and draws the architecture, as the code is now. */
import fs from 'node:fs';
import path from 'node:path';
import { drawArchitecture } from './architecture.ts';
import { makePages } from './book.ts';

for (const [file, text] of await makePages()) fs.writeFileSync(file, text);
fs.writeFileSync(path.join(import.meta.dirname, 'architecture.svg'), drawArchitecture());
