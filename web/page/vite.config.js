import { defineConfig } from "vite";

// Everything is served from the same host under a policy of 'self': no inlined assets, no inline scripts.
export default defineConfig({
  base: "/",
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
});
