// Bundles the pages' scripts and styles into ../static/build. `--watch` rebuilds on change.
import { readdirSync, rmSync } from "node:fs";
import { build, context } from "esbuild";
import { apart } from "./apart.mjs";
import { cutFonts } from "./fonts.mjs";

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

await cutFonts(`${BUILD}/fonts`);
for (const name of readdirSync(BUILD)) if (name.startsWith("chunk-")) rmSync(`${BUILD}/${name}`);
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
