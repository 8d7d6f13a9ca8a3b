// Bundles the pages' scripts and styles into ../static/build. `--watch` rebuilds on change.
import { build, context } from "esbuild";

const options = {
  entryPoints: ["src/app.ts", "src/upload.ts", "src/app.css"],
  outdir: "../static/build",
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true,
  chunkNames: "chunk-[hash]",
  target: ["es2022", "chrome120", "firefox121", "safari17.5"],
  sourcemap: "linked",
  legalComments: "linked",
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
