// Copies what the pages need of the installed packages into the static files that all pages share, and axe for the
// tests. Nothing is compiled: the packages bring finished style sheets and scripts.

import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const TARGET = join(HERE, "..", "src", "formcase", "appearance", "static", "appearance", "vendor");
const FOR_TESTS = join(HERE, "dist");

await rm(TARGET, { recursive: true, force: true });
await rm(FOR_TESTS, { recursive: true, force: true });
await copyStyleSheet(join(MODULES, "dkfds", "dist"), "css/dkfds.min.css", join(TARGET, "dkfds"));
await copyScript(join(MODULES, "dkfds", "dist", "js", "dkfds.min.js"), join(TARGET, "dkfds", "js", "dkfds.min.js"));
await copy(join(MODULES, "dkfds", "dist", "img", "all-svg-icons.svg"), join(TARGET, "dkfds", "img", "all-svg-icons.svg"));
await copy(join(MODULES, "dkfds", "LICENSE.md"), join(TARGET, "dkfds", "LICENSE.md"));
await copyScript(join(MODULES, "htmx.org", "dist", "htmx.min.js"), join(TARGET, "htmx", "htmx.min.js"));
await copy(join(MODULES, "htmx.org", "LICENSE"), join(TARGET, "htmx", "LICENSE"));
await copy(join(MODULES, "axe-core", "axe.min.js"), join(FOR_TESTS, "axe.min.js"));

async function copyStyleSheet(root, path, target) {
  const source = await readFile(join(root, path), "utf8");
  // Every browser that runs the pages knows WOFF2; the older formats of each typeface stay behind.
  const text = withoutSourceMap(source).replace(/src:[^;}]*\.woff2[^;}]*/g, woff2Alone);
  await write(join(target, path), text);
  for (const reference of referenced(text)) {
    const file = normalize(join(dirname(path), reference));
    if (relative("..", file).startsWith("..")) throw new Error(`${path} refers to ${reference}, outside of its package`);
    await copy(join(root, file), join(target, file));
  }
}

function woff2Alone(declaration) {
  const sources = declaration.match(/url\([^)]*\.woff2[^)]*\)\s*format\([^)]*\)/g);
  return sources ? `src:${sources.join(",")}` : declaration;
}

function referenced(text) {
  const found = [...text.matchAll(/url\(["']?([^"')]+)["']?\)/g)].map((match) => match[1].replace(/[?#].*$/, ""));
  return new Set(found.filter((reference) => !/^(data|https?):/.test(reference)));
}

async function copyScript(from, to) {
  await write(to, withoutSourceMap(await readFile(from, "utf8")));
}

function withoutSourceMap(text) {
  return text.replace(/\n?\/\*# sourceMappingURL=[^*]*\*\/\s*$/, "\n").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
}

async function write(to, text) {
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, text);
  await writeFile(`${to}.gz`, gzipSync(text, { level: 9 }));
}

async function copy(from, to) {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}
