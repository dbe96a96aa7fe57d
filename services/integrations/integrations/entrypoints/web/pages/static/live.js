// Has the list of the live view look again without loading the page; without scripts the page itself does.
// Each look is a request of a few milliseconds, so that no watcher holds a thread of the server.
const list = document.getElementById("live");
const EVERY_MS = 3000;
const AFTER_TROUBLE_MS = 30000;
let tag = list.dataset.tag;

async function look() {
  if (document.hidden) return EVERY_MS;
  const answer = await fetch(list.dataset.from, { headers: { "If-None-Match": tag }, redirect: "error" });
  if (answer.status === 304) return EVERY_MS;
  if (!answer.ok) return AFTER_TROUBLE_MS;
  const open = new Set([...list.querySelectorAll("details[open]")].map((one) => one.id));
  list.innerHTML = await answer.text();
  for (const one of list.querySelectorAll("details")) one.open = open.has(one.id);
  tag = answer.headers.get("ETag");
  return EVERY_MS;
}

async function goOn() {
  setTimeout(goOn, await look().catch(() => AFTER_TROUBLE_MS));
}

setTimeout(goOn, EVERY_MS);
