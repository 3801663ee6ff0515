// A file that the server makes from what is asked, saved by the browser.
import { make, Problem } from "./api.js";

export async function saved(path, body, name) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Problem({ sentence: "The server does not answer. Is `hepasome serve` still running?" }, 0);
  }
  if (!answer.ok) throw new Problem(await answer.json(), answer.status);
  const address = URL.createObjectURL(await answer.blob());
  make("a", { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}
