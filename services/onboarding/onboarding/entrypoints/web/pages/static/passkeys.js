// Asks the browser for a passkey and sends what it answers by the form, as if somebody had typed it.
// A form names where its options come from; without scripts, or passkeys, it stays hidden. No browser binds a
// passkey to the bare address of a machine.
const IS_NAMED = !/^[\d.]+$|:/.test(location.hostname);
const CAN = IS_NAMED && Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON);

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", redirect: "error" });
  if (!answer.ok) throw new Error(answer.status);
  const { public_key: options } = await answer.json();
  if (form.dataset.ceremony === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

for (const form of document.querySelectorAll("form[data-ceremony]")) {
  const trouble = form.querySelector("[role=alert]");
  document.getElementById(form.dataset.part).hidden = !CAN;
  document.getElementById("without-passkeys").hidden = CAN;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
      form.submit();
    } catch {
      trouble.hidden = false;
      trouble.focus();
    }
  });
}
