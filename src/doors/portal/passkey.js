// Pages work without this script; with it a passkey stands beside the password. What needs it is hidden until it runs.

async function call(name, body) {
  const answer = await fetch(`/api/v1/access/${name}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Accept-Language': document.documentElement.lang,
      'Mindun-Purpose': 'own-matter',
    },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (answer.ok) return told;
  // Proved, the visitor begins here again.
  if (told.errors[0].code === 'step-up-needed')
    location.assign(`/step-up?next=${encodeURIComponent(location.pathname)}`);
  throw new Error(told.errors[0].message);
}

const doings = {
  async 'sign-in'(box) {
    const answer = await signByPasskey(await call('sign-in/passkey-options', {}));
    if (answer === null) throw new Error(box.dataset.failed);
    await call('sign-in/passkey', { answer });
    location.assign(box.dataset.next);
  },
  async 'step-up'(box) {
    const answer = await signByPasskey(await call('step-up/passkey', {}));
    if (answer === null) throw new Error(box.dataset.failed);
    await call('step-up', { passkey: answer });
    location.assign(box.dataset.next);
  },
  async register(box) {
    const answer = await makePasskey(await call('passkey/begin', {}));
    if (answer === null) throw new Error(box.dataset.failed);
    const name = box.querySelector('input').value.trim() || box.dataset.name;
    await call('passkey/register', { answer, name });
    location.assign(box.dataset.next);
  },
};

for (const box of knowsPasskeys() ? document.querySelectorAll('[data-passkey]') : []) {
  const button = box.querySelector('button');
  const fault = box.querySelector('[data-fault]');
  box.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    fault.textContent = '';
    try {
      await doings[box.dataset.passkey](box);
    } catch (error) {
      // Empty it is no alert.
      fault.setAttribute('role', 'alert');
      fault.textContent = error.message;
      button.disabled = false;
    }
  });
}
