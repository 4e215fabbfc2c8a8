/* Who has to answer for alarms reads of them on every page of the desk, not only on the watch page.
   What this tab has told once it doesn't tell again; without script the navigation has the counts. */
(function () {
  'use strict';
  var bell = document.getElementById('bell'), news = document.getElementById('alarm-news');
  if (!bell || !window.fetch || document.getElementById('burning')) return;
  var every = bell.dataset.pollS * 1000, tag = '', title = document.title;

  function told() {
    try { return sessionStorage.alarms; } catch (refused) { return undefined; /* Private mode. */ }
  }
  var known = told();
  known = known === undefined ? null : known.split(' ');
  function keep(codes) {
    known = codes;
    try { sessionStorage.alarms = codes.join(' '); } catch (refused) { /* Holds for this page only. */ }
  }

  function show(part) {
    var read = new DOMParser().parseFromString(part, 'text/html').body, link = read.querySelector('a');
    var waiting = link.dataset.waiting.trim().split(' ');
    bell.replaceChildren(link);
    document.title = (link.dataset.count > 0 ? '(' + link.dataset.count + ' 未核实) ' : '') + title;
    Array.prototype.forEach.call(news.querySelectorAll('.news'), function (one) {
      if (waiting.indexOf(one.dataset.alarm) < 0) one.remove();  // somebody looked into it
    });
    Array.prototype.forEach.call(read.querySelectorAll('.news'), function (one, place) {
      if (known && known.indexOf(one.dataset.alarm) < 0) news.insertBefore(one, news.children[place] || null);  // the newest first
    });
    while (news.children.length > bell.dataset.named) news.lastElementChild.remove();  // the count tells of the others
    keep(waiting);
  }
  news.addEventListener('click', function (event) {
    if (event.target.closest('button')) event.target.closest('.news').remove();
  });

  function look() {
    fetch(bell.dataset.bell, { credentials: 'same-origin', redirect: 'manual', headers: tag ? { 'If-None-Match': tag } : {} })
      .then(function (answer) {
        if (answer.type === 'opaqueredirect' || answer.status === 404) { bell.replaceChildren(); return false; }
        if (answer.status !== 200) return true;
        tag = answer.headers.get('ETag') || '';
        return answer.text().then(show).then(function () { return true; });
      })
      .catch(function () { return true; /* The next look may get through. */ })
      .then(function (goes) { if (goes) setTimeout(look, every); });
  }
  look();
})();
