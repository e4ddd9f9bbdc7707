// The live parts of the playground. Without it the page works, and is reloaded by hand.
'use strict';

// Times are drawn in UTC; until they are in the reader's zone, the style sheet hides them.
document.documentElement.classList.add('js');
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const localTimes = (root) => {
  for (const time of root.querySelectorAll('time:not([data-local])')) {
    time.textContent = clock.format(new Date(time.dateTime));
    time.dataset.local = '';
  }
};

const parsed = (html) => {
  const template = document.createElement('template');
  template.innerHTML = html;
  localTimes(template.content);
  return template.content;
};

// A chat stays at its end while one is there, and stays where it is while one reads above.
const toEnd = (box) => { box.scrollTop = box.scrollHeight; };
const followEnd = (box) => {
  let follows = true;
  let last = 0;
  // Only who scrolls up leaves the end: what grows below does not.
  box.addEventListener('scroll', () => {
    const near = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    follows = near || (follows && box.scrollTop >= last);
    last = box.scrollTop;
  });
  const sizes = new ResizeObserver(() => follows && toEnd(box));
  sizes.observe(box);
  sizes.observe(box.firstElementChild);
};

// A list keeps the lines that are the same: what is read out is what is new.
const syncList = (list, fresh) => {
  const wanted = [...fresh.children];
  const ids = new Set(wanted.map((line) => line.id));
  for (const old of [...list.children]) if (!ids.has(old.id)) old.remove();
  wanted.forEach((line, place) => {
    let old = document.getElementById(line.id);
    if (old && old.dataset.version !== line.dataset.version) {
      old.replaceWith(line);
      old = line;
    }
    const here = list.children[place] ?? null;
    if (here !== (old ?? line)) list.insertBefore(old ?? line, here);
  });
};

// Where somebody was, and what was typed, outlives the drawing anew of what is around it.
const keeping = (part, change) => {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
  const typed = [...part.querySelectorAll('textarea, select')].map(({ id, value }) => [id, value]);
  const open = [...part.querySelectorAll('details[open] > summary')].map(({ id }) => id);
  change();
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field && (field.tagName !== 'SELECT' || [...field.options].some((one) => one.value === value))) field.value = value;
  }
  for (const id of open) document.getElementById(id)?.parentElement.setAttribute('open', '');
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
};

const put = ({ id, version, html }) => {
  const part = document.getElementById(id);
  if (!part || part.dataset.part === version) return;
  part.dataset.part = version;
  keeping(part, () => {
    if ('list' in part.dataset) syncList(part, parsed(html));
    else part.replaceChildren(parsed(html));
  });
};

const alerting = (text) => {
  const alert = document.getElementById('alert');
  alert.textContent = text;
  alert.hidden = !text;
};

const listen = () => {
  const events = new EventSource(document.body.dataset.live);
  let lost;
  events.addEventListener('parts', (event) => JSON.parse(event.data).forEach(put));
  events.addEventListener('open', () => {
    clearTimeout(lost);
    alerting('');
  });
  // A short break mends itself.
  events.addEventListener('error', () => {
    clearTimeout(lost);
    lost = setTimeout(() => alerting(document.body.dataset.offline), 3000);
  });
  // Else the browser tells of a broken stream while the next page comes.
  addEventListener('pagehide', () => events.close());
};

const post = (action, body) => fetch(action, { method: 'POST', body, headers: { accept: 'application/json' } });

const submit = async (form, button) => {
  const text = form.querySelector('textarea[data-send]');
  const file = form.querySelector('input[type=file]');
  const action = button?.hasAttribute('formaction') ? button.formAction : form.action;
  // Before the answer: what is done here may be drawn anew by then, and the form is no part of the page any more.
  const leads = form.matches('.fields') || form.closest('#desk') !== null;
  const body = new FormData(form, button);
  const written = text?.value;
  if (text) {
    stopTyping(form);
    text.value = '';
  }
  const options = form.querySelector('textarea[name=options]');
  if (options) {
    options.value = '';
    options.closest('details').open = false;
  }
  if (file) {
    file.value = '';
    chosen(file);
  }
  const answer = await post(action, body);
  if (!answer.ok) {
    alerting(await answer.text());
    // What was written is not lost with a refusal. The field may be another one by now.
    const field = text && document.getElementById(text.id);
    if (field) {
      field.value ||= written;
      field.focus();
    }
    return;
  }
  alerting('');
  const { go } = await answer.json();
  const next = new URL(go, location.href);
  if (next.search !== location.search && leads) {
    // The next page begins where one was.
    if (form.dataset.back) next.hash = form.dataset.back;
    location.assign(next);
    return;
  }
  document.getElementById(form.dataset.back ?? '')?.focus();
};

// The other side is told that one types, and that one has stopped.
const typing = new Map();
const tell = (form, on) => {
  const body = new FormData();
  body.set('on', on);
  // Read to its end: an answer that nobody reads is cut off with the page.
  post(form.dataset.types, body).then((answer) => answer.text()).catch(() => {});
};
const stopTyping = (form) => {
  if (!typing.has(form)) return;
  clearTimeout(typing.get(form));
  typing.delete(form);
  tell(form, false);
};
const types = (form) => {
  if (!typing.has(form)) tell(form, true);
  clearTimeout(typing.get(form));
  typing.set(form, setTimeout(() => stopTyping(form), 4000));
};

const chosen = (input) => {
  const output = input.parentElement.querySelector('output');
  if (output) output.textContent = input.files[0]?.name ?? '';
};

document.addEventListener('submit', (event) => {
  event.preventDefault();
  submit(event.target, event.submitter);
});
document.addEventListener('keydown', (event) => {
  const sends = event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.target.matches?.('[data-send]');
  if (!sends) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
document.addEventListener('input', (event) => {
  const form = event.target.form;
  if (event.target.matches('[data-send]') && form.dataset.types && event.target.value) types(form);
  if (event.target.matches('input[type=file]')) chosen(event.target);
});

document.addEventListener('DOMContentLoaded', () => {
  localTimes(document);
  document.querySelectorAll('[data-scroll]').forEach(followEnd);
  if (location.hash) document.getElementById(location.hash.slice(1))?.focus({ preventScroll: true });
  listen();
});
