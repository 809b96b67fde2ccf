declare module "*.css";
declare module "@fontsource-variable/*";
declare module "codemirror/mode/cypher/cypher.js";
