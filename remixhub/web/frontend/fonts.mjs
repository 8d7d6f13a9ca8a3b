// Cuts the house's two type families down to what the pages set, and writes the style sheet that names them.
// Archivo sets text and titles (weights 400–900, widths 62–100), Martian Mono figures and labels.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import subsetFont from "subset-font";

const FILES = "node_modules/@fontsource-variable";
const LATIN = [[0x20, 0x7e], [0xa0, 0xff], [0x131], [0x152, 0x153], [0x2013, 0x2014], [0x2018, 0x201e], [0x2020, 0x2022], [0x2026], [0x2030], [0x2039, 0x203a], [0x20ac], [0x2122], [0x2190, 0x2193], [0x2212]];
const FURTHER_LATIN = [[0x100, 0x130], [0x132, 0x151], [0x154, 0x17f], [0x218, 0x21b], [0x1e80, 0x1e85], [0x1e9e]];
const CYRILLIC = [[0x400, 0x45f]];
const ARCHIVO = { family: "Archivo", axes: { wdth: { min: 62, max: 100 }, wght: { min: 400, max: 900 } } };
const MONO = { family: "Martian Mono", axes: { wght: { min: 400, max: 800 } } };
const CUTS = [
  { ...ARCHIVO, name: "archivo", file: "archivo/files/archivo-latin-wdth-normal.woff2", ranges: LATIN },
  { ...ARCHIVO, name: "archivo-further", file: "archivo/files/archivo-latin-ext-wdth-normal.woff2", ranges: FURTHER_LATIN },
  { ...MONO, name: "mono", file: "martian-mono/files/martian-mono-latin-wght-normal.woff2", ranges: LATIN },
  { ...MONO, name: "mono-further", file: "martian-mono/files/martian-mono-latin-ext-wght-normal.woff2", ranges: FURTHER_LATIN },
  { ...MONO, name: "mono-cyrillic", file: "martian-mono/files/martian-mono-cyrillic-wght-normal.woff2", ranges: CYRILLIC },
];

/** Of titles in frames, which may weigh little: one width, one weight, the letters of English. */
const EMBED = { family: "Archivo Embed", name: "title", file: "archivo/files/archivo-latin-wdth-normal.woff2", ranges: [[0x20, 0x7e], [0xa0], [0x2019], [0x2026]], axes: { wdth: 70, wght: 900 } };

/**
 * Writes `folder/*.woff2` and `folder/fonts.css`, whose addresses carry the files' digests as `static_url` gives them, the
 * same for frames, and for bundles a sheet whose fonts lie beside it, with their licences, which travel with them (OFL 1.1).
 */
export async function cutFonts(folder, embedded, stick) {
  await cut(folder, "fonts", CUTS);
  await cut(embedded, "embed", [EMBED]);
  mkdirSync(stick, { recursive: true });
  const sheet = readFileSync(`${folder}/fonts.css`, "utf8");
  writeFileSync(`${stick}/fonts.css`, sheet.replace(/\/static\/build\/fonts\/([\w-]+\.woff2)\?v=\w+/g, "$1"));
  for (const family of ["archivo", "martian-mono"]) copyFileSync(`${FILES}/${family}/LICENSE`, `${stick}/OFL-${family}.txt`);
}

async function cut(folder, place, cuts) {
  mkdirSync(folder, { recursive: true });
  const faces = [];
  for (const { name, family, file, axes, ranges } of cuts) {
    const characters = ranges.flatMap(([from, to = from]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)));
    const font = await subsetFont(readFileSync(`${FILES}/${file}`), characters.join(""), { targetFormat: "woff2", variationAxes: axes });
    writeFileSync(`${folder}/${name}.woff2`, font);
    const digest = createHash("sha256").update(font).digest("hex").slice(0, 12);
    const stretch = axes.wdth?.min ? ` font-stretch: ${axes.wdth.min}% ${axes.wdth.max}%;` : "";
    const weight = axes.wght.min ? `${axes.wght.min} ${axes.wght.max}` : axes.wght;
    faces.push(
      `@font-face { font-family: "${family}"; font-weight: ${weight};${stretch} font-display: swap; ` +
        `src: url("/static/build/${place}/${name}.woff2?v=${digest}") format("woff2"); unicode-range: ${ranges.map(asRange).join(", ")}; }`,
    );
  }
  writeFileSync(`${folder}/fonts.css`, faces.join("\n"));
}

function asRange([from, to]) {
  return to === undefined ? `U+${from.toString(16)}` : `U+${from.toString(16)}-${to.toString(16)}`;
}
