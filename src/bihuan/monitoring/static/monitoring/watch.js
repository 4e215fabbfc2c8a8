/* What burns is asked for again and again, and so is the alarm beside it; without script, reload.
   Whoever keeps watch must see that the page is alive: a page that gets no answer says so. */
(function () {
  'use strict';
  var place = document.getElementById('burning');
  if (!place || !window.fetch) return;
  var every = place.dataset.pollS * 1000, late = 5 * every, sound = document.getElementById('sound');
  var stale = document.getElementById('stale'), fresh = document.getElementById('fresh');
  var tag = '', told = '', title = document.title, answeredAt = Date.now(), known = waiting(document), audio = null;

  function waiting(within) {
    var links = within.querySelectorAll('.waiting a');
    return Array.prototype.map.call(links, function (link) { return link.getAttribute('href'); });
  }

  /* Parts of the page. */
  function swap(old, nodes) {
    var focused = old.contains(document.activeElement) ? document.activeElement.getAttribute('href') : '';
    old.replaceChildren.apply(old, nodes);
    if (!focused) return;
    Array.prototype.forEach.call(old.querySelectorAll('a'), function (link) {
      if (link.getAttribute('href') === focused) link.focus();
    });
  }
  function show(part) {
    var read = new DOMParser().parseFromString(part, 'text/html').body;
    var old = document.getElementById('beside'), next = read.querySelector('#beside');
    if (next) {
      next.remove();
      if (old && next.innerHTML !== told) {
        told = next.innerHTML;
        draw(old, next);
      }
    }
    swap(place, Array.prototype.slice.call(read.childNodes));
    document.getElementById('duty').textContent = document.getElementById('burns').dataset.duty; // shifts change
    announce();
  }
  /* The curve that is there stays until the new one has come: nothing jumps. Whoever waited before
     an empty list keeps the first alarm that came, also when others go before it later. */
  function draw(old, next) {
    if (next.dataset.alarm && place.dataset.poll.indexOf('?') < 0) place.dataset.poll += '?alarm=' + next.dataset.alarm;
    var wanted = next.querySelector('[data-part]'), before = old.querySelector('.drawn');
    swap(old, Array.prototype.slice.call(next.childNodes));
    if (!wanted) return;
    if (before) wanted.replaceChildren(before);
    ask(wanted.dataset.part, {}).then(function (answer) {
      return answer.ok ? answer.text() : '';
    }).then(function (part) {
      var read = new DOMParser().parseFromString(part, 'text/html').body;
      if (part) wanted.replaceWith.apply(wanted, Array.prototype.slice.call(read.childNodes));
    }).catch(function () { /* The one before stays. */ });
  }

  /* What is new is said aloud, in the tab, and by a sound for who wants it. */
  function announce() {
    var now = waiting(place), come = now.filter(function (one) { return known.indexOf(one) < 0; });
    var said = fresh.querySelector('a');
    if (said && now.indexOf(said.getAttribute('href')) < 0) fresh.hidden = true;  // somebody looked
    count();
    known = now;
    if (!come.length) return;
    var link = Array.prototype.filter.call(place.querySelectorAll('.waiting a'), function (one) {
      return one.getAttribute('href') === come[0];
    })[0];
    var lead = document.createElement('a');
    lead.href = come[0];
    var words = Array.prototype.map.call(link.querySelector('strong').childNodes, function (one) { return one.textContent; });
    lead.textContent = words.concat(link.querySelector('.said').textContent).join('　');
    fresh.replaceChildren(document.createTextNode('新报警' + (come.length > 1 ? ' ' + come.length + ' 组' : '') + '：'), lead);
    fresh.hidden = false;
    if (audio) beep(3);
  }
  function count() {
    var burns = document.getElementById('burns'), number = known && burns.dataset.waiting;
    /* Other pages of this tab (bell.js) needn't say again what stood here. */
    try { sessionStorage.alarms = burns.dataset.codes.trim(); } catch (refused) { /* Private mode. */ }
    document.title = (number > 0 ? '(' + number + ' 未核实) ' : '') + title;
  }
  function beep(times) {
    for (var turn = 0; turn < times; turn += 1) {
      var tone = audio.createOscillator(), at = audio.currentTime + turn * 0.4;
      tone.frequency.value = 880;
      tone.connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.2);
    }
  }
  if (sound && window.AudioContext) {
    sound.hidden = false;
    sound.addEventListener('click', function () {
      audio = audio ? (audio.close(), null) : new AudioContext();
      sound.setAttribute('aria-pressed', audio ? 'true' : 'false');
      if (audio) beep(1);
    });
  }

  /* Whether it is alive. */
  function doubt() {
    if (Date.now() - answeredAt < late) return;
    warn('和系统断开了，还在重试；');
  }
  function warn(words, href) {
    var asOf = document.getElementById('burns').dataset.asOf, nodes = [words + '下面是 ' + asOf + ' 的情况。'];
    if (href) {
      var link = document.createElement('a');
      link.href = href;
      link.textContent = '重新登录';
      nodes.push(link);
    }
    stale.replaceChildren.apply(stale, nodes);
    stale.hidden = false;
    place.classList.add('old');
    document.title = '(断开) ' + title;
  }
  function lives() {
    answeredAt = Date.now();
    if (!stale.hidden) {
      stale.hidden = true;
      place.classList.remove('old');
      count();
    }
  }

  function ask(address, headers) {
    var ending = new AbortController(), limit = setTimeout(function () { ending.abort(); }, late);
    return fetch(address, { credentials: 'same-origin', redirect: 'manual', headers: headers, signal: ending.signal })
      .finally(function () { clearTimeout(limit); });
  }
  function look() {
    ask(place.dataset.poll, tag ? { 'If-None-Match': tag } : {}).then(function (answer) {
      if (answer.type === 'opaqueredirect') { warn('登录已失效，', place.dataset.signIn); return null; }
      if (answer.status === 304) { lives(); return null; }
      if (!answer.ok) { warn('系统没有给出新的情况（' + answer.status + '），还在重试；'); return null; }
      tag = answer.headers.get('ETag') || '';
      return answer.text().then(show).then(lives);
    }).catch(doubt).then(function () { setTimeout(look, every); });
  }
  count();
  setTimeout(look, every);
})();
