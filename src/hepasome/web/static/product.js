// One product: use it in a study, remove it.
import { call, showProblem } from "./api.js";

document.getElementById("use")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  try {
    const study = await call("POST", `/api/products/${form.dataset.product}/use`, { study: form.elements.study.value });
    location.assign(`/studies/${study.id}/edit#arm-${Object.keys(study.study.arms).at(-1)}`);
  } catch (problem) {
    showProblem(form.querySelector(".problems"), problem);
  }
});

document.querySelector("[data-delete]")?.addEventListener("click", async (event) => {
  const name = event.target.dataset.delete;
  if (!confirm(`Remove the product ${name} and its laboratory files? Studies that use it keep their copy of its file.`)) return;
  try {
    await call("DELETE", `/api/products/${name}`);
    location.assign("/products");
  } catch (problem) {
    showProblem(document.getElementById("problems"), problem);
  }
});
