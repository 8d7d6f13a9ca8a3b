// Bundles the pages' scripts and styles into ../static/build. `--watch` rebuilds on change.
import { readdirSync, rmSync } from "node:fs";
import { build, context } from "esbuild";
import { apart } from "./apart.mjs";
import { cutFonts } from "./fonts.mjs";
import { layOutPrintFonts } from "./print_fonts.mjs";

const BUILD = "../static/build";
const options = {
  entryPoints: ["src/app.ts", "src/app.css"],
  outdir: BUILD,
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true,
  chunkNames: "chunk-[hash]",
  external: ["/static/*"],
  target: ["es2022", "chrome120", "firefox121", "safari17.5"],
  sourcemap: "linked",
  legalComments: "linked",
  plugins: [apart],
  logLevel: "warning",
};

// Pages in frames on other sites: a script and a style of their own, with nothing of the rest.
const embedded = {
  ...options,
  entryPoints: ["src/embed/embed.ts", "src/embed/embed.css"],
  outdir: `${BUILD}/embed`,
  splitting: false,
  sourcemap: false,
};

// Pages of a bundle, opened from `file://`: a classic script, and fonts that lie beside the style sheet.
const stick = {
  ...embedded,
  entryPoints: ["src/stick/stick.ts", "src/stick/stick.css"],
  outdir: `${BUILD}/stick`,
  format: "iife",
  external: ["*.woff2"],
};

await cutFonts(`${BUILD}/fonts`, `${BUILD}/embed`, `${BUILD}/stick`);
layOutPrintFonts(`${BUILD}/print`);
for (const name of readdirSync(BUILD)) if (name.startsWith("chunk-")) rmSync(`${BUILD}/${name}`);
if (process.argv.includes("--watch")) {
  for (const one of [options, embedded, stick]) await (await context(one)).watch();
} else {
  await Promise.all([build(options), build(embedded), build(stick)]);
}
