import { defineConfig } from "vite";
import { licences } from "./licences.js";

/**
 * YASGUI's table writes a style element for its column grips, which a policy of 'self' refuses; its rules stand in
 * src/styles/console.css instead.
 */
const gripStyles = {
  name: "grip-styles",
  transform(code, id) {
    if (!id.endsWith("/yasgui.esm.js")) return null;
    const written = /var (\w+) = document\.createElement\("style"\);/;
    if (!written.test(code)) throw new Error("YASGUI no longer writes the style element that this build leaves out");
    return { code: code.replace(written, "return;\n$&"), map: null };
  },
};

// Everything is served from the same host under a policy of 'self': no inlined assets, no inline scripts.
export default defineConfig({
  base: "/",
  plugins: [gripStyles, licences],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    target: "es2022",
    rolldownOptions: { checks: { eval: false } },
  },
});
