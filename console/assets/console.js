// Two things that a server cannot do: times in the reader's zone, and parts of a page that follow what happens.
(() => {
  'use strict';
  const language = document.documentElement.lang;
  const today = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  const other = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' });
  const full = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });

  const times = (within) => {
    const day = new Date().toDateString();
    for (const element of within.querySelectorAll('time[datetime]')) {
      const at = new Date(element.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      element.textContent = (at.toDateString() === day ? today : other).format(at);
      element.title = full.format(at);
    }
  };
  times(document);

  for (const part of document.querySelectorAll('[data-live]')) {
    const seconds = Number(part.dataset.seconds) || 10;
    const fetchIt = async () => {
      // Nobody looks, or somebody is about to follow a link in it.
      if (document.hidden || part.contains(document.activeElement)) return;
      try {
        const answer = await fetch(part.dataset.live, { headers: { accept: 'text/html' } });
        if (!answer.ok) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').body;
        if (part.contains(document.activeElement)) return;
        times(fresh);
        part.replaceChildren(...fresh.childNodes);
      } catch {
        // The next one may come through; the page says of when it is.
      }
    };
    setInterval(fetchIt, seconds * 1000);
  }
})();
