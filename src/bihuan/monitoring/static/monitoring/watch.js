/* The list of what burns is asked for again while the page is looked at; without script, reload. */
(function () {
  'use strict';
  var place = document.getElementById('burning');
  if (!place || !window.fetch) return;
  var tag = '', every = place.dataset.pollS * 1000;

  function show(part) {
    var focused = document.activeElement && place.contains(document.activeElement)
      ? document.activeElement.getAttribute('href') : '';
    var read = new DOMParser().parseFromString(part, 'text/html').body;
    place.replaceChildren.apply(place, Array.prototype.slice.call(read.childNodes));
    if (!focused) return;
    Array.prototype.forEach.call(place.querySelectorAll('a'), function (link) {
      if (link.getAttribute('href') === focused) link.focus();
    });
  }
  function ask() {
    if (document.hidden) { again(); return; }
    fetch(place.dataset.poll, { credentials: 'same-origin', redirect: 'error', headers: tag ? { 'If-None-Match': tag } : {} })
      .then(function (answer) {
        if (answer.status === 200) {
          tag = answer.headers.get('ETag') || '';
          return answer.text().then(show);
        }
      })
      .catch(function () { /* Asked again. */ })
      .then(again);
  }
  function again() { setTimeout(ask, every); }
  again();
})();
