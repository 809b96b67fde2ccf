import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names stay in the notices; addresses of people are not passed on. */
const ADDRESS = /[ \t]*[<(]?[\w.+-]+@[\w-]+\.[\w.-]+[>)]?/g;

/** Writes the licence of every package whose code or fonts are in the bundle beside it, as their licences ask for. */
export const licences = {
  name: "licences",
  generateBundle() {
    const texts = [...packages(this.getModuleIds())].sort().map(notice);
    this.emitFile({ type: "asset", fileName: "licences.txt", source: texts.join("\n\n") });
  },
};

/** Folders of the packages that the modules come from, and of those that YASGUI brings along in one file. */
function packages(modules) {
  const folders = new Set();
  for (const id of modules) {
    const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id);
    if (found) add(found[1], folders);
  }
  return folders;
}

function add(folder, folders) {
  const about = join(folder, "package.json");
  if (folders.has(folder) || !existsSync(about)) return;
  folders.add(folder);
  const root = folder.replace(/(\/node_modules)\/.*$/, "$1");
  for (const name of Object.keys(JSON.parse(readFileSync(about, "utf8")).dependencies ?? {})) add(join(root, name), folders);
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((f) => /^(licen[cs]e|copying|ofl)/i.test(f));
  const text = file ? readFileSync(join(folder, file), "utf8").trim().replace(ADDRESS, "") : "";
  return `${"=".repeat(78)}\n${name} ${version}: ${typeof license === "string" ? license : JSON.stringify(license ?? "")}\n\n${text}`;
}
