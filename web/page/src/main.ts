/** The page: its frame, and which view belongs to which address. */

import "@fontsource-variable/source-code-pro/wght.css";
import "@fontsource-variable/source-sans-3/wght.css";
import "@fontsource-variable/source-serif-4/wght.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/views.css";
import { frame } from "./frame";
import { start } from "./router";
import { apply } from "./theme";

apply();
const { main, shown } = frame();
start(
  main,
  [
    { pattern: /^\/$/, title: "", load: () => import("./views/start") },
    { pattern: /^\/search$/, title: "Search", load: () => import("./views/search") },
    { pattern: /^\/entity\/(.+)$/, title: "Entity", load: () => import("./views/entity") },
    { pattern: /^\/paths$/, title: "Paths", load: () => import("./views/paths") },
    { pattern: /^\/questions$/, title: "Questions", load: () => import("./views/questions") },
    { pattern: /^\/(?:questions|ask)\/([^/]+)$/, title: "Question", load: () => import("./views/question") },
    { pattern: /^\/audit$/, title: "Audit", load: () => import("./views/audit") },
    { pattern: /^\/map$/, title: "Map", load: () => import("./views/map") },
    { pattern: /^\/changes$/, title: "Changes", load: () => import("./views/changes") },
    { pattern: /^\/console\/sparql$/, title: "SPARQL", load: () => import("./views/sparql") },
    { pattern: /^\/console\/cypher$/, title: "Cypher", load: () => import("./views/cypher") },
  ],
  shown,
);
