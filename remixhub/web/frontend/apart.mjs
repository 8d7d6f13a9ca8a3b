// Lets a module import the address of another one that runs apart from the page, in a worker or on the audio thread:
// `import address from "./worklet.ts?address"`. That one becomes a file of its own, with a digest in its name.
import { basename, resolve } from "node:path";
import { build } from "esbuild";

const MARK = "?address";

export const apart = {
  name: "apart",
  setup({ initialOptions: { outdir, minify, target, sourcemap }, onResolve, onLoad }) {
    onResolve({ filter: /\?address$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice(0, -MARK.length)),
      namespace: "apart",
    }));
    onLoad({ filter: /./, namespace: "apart" }, async ({ path }) => {
      const options = { outdir, minify, target, sourcemap, bundle: true, format: "iife", metafile: true };
      const { metafile } = await build({ ...options, entryPoints: [path], entryNames: "chunk-[name]-[hash]" });
      const name = Object.keys(metafile.outputs).find((output) => output.endsWith(".js"));
      return {
        contents: `export default ${JSON.stringify(`/static/build/${basename(name)}`)}`,
        watchFiles: Object.keys(metafile.inputs).map((input) => resolve(input)),
      };
    });
  },
};
