// Lays out the fonts that paper is printed with: the house's two families whole, and Noto Sans for what these lack.
// Noto's Chinese, Japanese and Korean come in about a hundred files each; `fonts.json` says which holds what, so that
// printing reads only those that a text needs.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const FILES = "node_modules/@fontsource-variable";
const FAMILIES = [
  { family: "text", from: "archivo", kind: "wdth-normal" },
  { family: "mono", from: "martian-mono", kind: "wght-normal" },
  { family: "further", from: "noto-sans", kind: "wght-normal", without: ["devanagari"] },
  { family: "sc", from: "noto-sans-sc", kind: "wght-normal" },
  { family: "jp", from: "noto-sans-jp", kind: "wght-normal" },
  { family: "kr", from: "noto-sans-kr", kind: "wght-normal" },
];

export function layOutPrintFonts(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const found = [];
  for (const { family, from, kind, without = [] } of FAMILIES) {
    const ranges = JSON.parse(readFileSync(`${FILES}/${from}/unicode.json`, "utf8"));
    for (const [part, range] of Object.entries(ranges)) {
      const name = part.replace(/[[\]]/g, "");
      if (without.includes(name)) continue;
      const file = `${from}-${name}.woff2`;
      copyFileSync(`${FILES}/${from}/files/${from}-${name}-${kind}.woff2`, `${folder}/${file}`);
      found.push({ family, file, ranges: range.split(",").map(asNumbers) });
    }
  }
  writeFileSync(`${folder}/fonts.json`, JSON.stringify(found));
}

function asNumbers(range) {
  const [from, to = from] = range.slice(2).split("-");
  return [parseInt(from, 16), parseInt(to, 16)];
}
