/* Comforts only: every task also works without this file. Chromium 100 or older features. */
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('scripted');
  try { if (localStorage.theme) root.dataset.theme = localStorage.theme; } catch (refused) { /* Private mode. */ }

  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function typing() { return /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName); }
  function say(button, words) {
    var place = button.querySelector('[data-words]') || button;
    var before = place.textContent;
    place.textContent = words;
    setTimeout(function () { place.textContent = before; }, 2000);
  }

  function ask(event) { event.preventDefault(); event.returnValue = ''; }
  function unguard() { removeEventListener('beforeunload', ask); }
  function guard() {
    var form = document.querySelector('[data-guard]');
    unguard();
    if (form) { addEventListener('beforeunload', ask); form.addEventListener('submit', unguard); }
  }
  guard();

  var acts = {
    theme: function () {
      var dark = matchMedia('(prefers-color-scheme: dark)').matches;
      var now = root.dataset.theme || (dark ? 'dark' : 'light');
      root.dataset.theme = now === 'dark' ? 'light' : 'dark';
      try { localStorage.theme = root.dataset.theme; } catch (refused) { /* Holds for this page only. */ }
      document.cookie = 'theme=' + root.dataset.theme + ';path=/;max-age=31536000;samesite=lax';
    },
    print: function () { print(); },
    copy: function (button) {
      var text = button.dataset.text;
      if (navigator.clipboard) {
        navigator.clipboard.writeText(text).then(
          function () { say(button, '已复制'); }, function () { say(button, '请手工抄写'); });
        return;
      }
      /* Plain http on a county network has no clipboard API; the old command still works there. */
      var area = document.createElement('textarea');
      area.value = text;
      document.body.appendChild(area);
      area.select();
      say(button, document.execCommand('copy') ? '已复制' : '请手工抄写');
      area.remove();
    },
    leave: function (link, event) {
      event.preventDefault();
      unguard();
      all('form').forEach(function (form) { form.reset(); });
      document.body.textContent = '';
      location.replace(link.href);
    },
    reload: function () { location.reload(); },
    'close-dialog': function (button) { button.closest('dialog').close(); }
  };
  document.addEventListener('click', function (event) {
    all('details.menu[open]').forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
    var source = event.target.closest('[data-act]');
    if (source && acts[source.dataset.act]) acts[source.dataset.act](source, event);
  });

  /* Ticked rows bring up the bar of what can be done with them. */
  function tally() {
    all('[data-bulk]').forEach(function (bar) {
      var ticks = all('[data-tick="' + bar.id + '"]');
      var on = ticks.filter(function (tick) { return tick.checked; });
      ticks.forEach(function (tick) { tick.closest('tr').classList.toggle('picked', tick.checked); });
      bar.hidden = !on.length;
      bar.querySelector('[data-count]').textContent = on.length;
    });
  }
  /* A question that depends on an earlier answer waits until that answer is given. */
  function unfold() {
    all('[data-when]').forEach(function (part) {
      var wanted = part.dataset.when.split('=');
      part.hidden = !all('[name="' + wanted[0] + '"]').some(function (input) {
        return (input.type === 'radio' || input.type === 'checkbox' ? input.checked : true) && input.value === wanted[1];
      });
    });
  }
  document.addEventListener('change', function (event) {
    var every = event.target.dataset.tickAll;
    if (every) all('[data-tick="' + every + '"]').forEach(function (tick) { tick.checked = event.target.checked; });
    tally();
    unfold();
  });
  addEventListener('pageshow', function () { tally(); unfold(); });
  /* An answer took the place of the page without a load. */
  document.addEventListener('swapped', function () { guard(); tally(); unfold(); });

  /* What takes longer than the page it belongs to comes after it; without script it is a link. */
  all('[data-part]').forEach(function (place) {
    fetch(place.dataset.part, { credentials: 'same-origin', redirect: 'error' }).then(function (answer) {
      return answer.ok ? answer.text() : '';
    }).then(function (part) {
      var read = new DOMParser().parseFromString(part, 'text/html').body;
      if (part) place.replaceWith.apply(place, Array.prototype.slice.call(read.childNodes));
    }, function () { /* The link stays. */ });
  });

  var live = document.querySelector('[data-reload-s]');
  /* Long work: bar and words move in their place, so that neither focus nor scroll is lost. */
  function follow() {
    setTimeout(function () {
      var ask = new XMLHttpRequest();
      ask.open('GET', location.href);
      ask.responseType = 'document';
      ask.onload = function () {
        var next = ask.response && ask.response.querySelector('[data-reload-s]');
        if (!next) { location.reload(); return; }
        var bar = next.querySelector('progress');
        if (bar.hasAttribute('value')) live.querySelector('progress').value = bar.value;
        var words = next.querySelector('[role="status"]').textContent, told = live.querySelector('[role="status"]');
        if (told.textContent !== words) told.textContent = words;
        follow();
      };
      ask.onerror = follow;
      ask.send();
    }, live.dataset.reloadS * 1000);
  }
  if (live) follow();

  /* Keys: "/" searches, "g" then a letter goes, "?" lists them. */
  var going = 0;
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') {
      all('details.menu[open]').forEach(function (menu) { menu.open = false; menu.querySelector('summary').focus(); });
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing()) return;
    if (going && Date.now() - going < 1500) {
      going = 0;
      var link = document.querySelector('[data-go="' + (/^[a-z0-9]$/.test(event.key) ? event.key : '-') + '"]');
      if (link) { event.preventDefault(); location.href = link.href; }
      return;
    }
    var dialog = document.getElementById('keys');
    var field = document.querySelector('[data-find]');
    if (event.key === 'g') going = Date.now();
    if (event.key === '/' && field) { event.preventDefault(); field.focus(); }
    if (event.key === '?' && dialog && dialog.showModal && !dialog.open) { event.preventDefault(); dialog.showModal(); }
  });

  all('[data-most]').forEach(function (area) {
    var told = area.parentNode.querySelector('.count-left'), most = +area.dataset.most;
    area.addEventListener('input', function () {
      var more = Array.from(area.value.trim()).length - most;
      told.textContent = more > 0 ? '多了 ' + more + ' 字，最多 ' + most + ' 字' : '已写 ' + (more + most) + ' 字，最多 ' + most + ' 字';
      area.parentNode.classList.toggle('wrong', more > 0);
    });
  });
})();
