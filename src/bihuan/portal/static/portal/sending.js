/* Sends the public forms without the browser: a page that answers a form which the browser sent
   is kept on the disk with all that was typed, and opens again later. Here the answer takes the
   place of the page, and no entry of the history ever holds a form. */
(function () {
  'use strict';
  var STALLED_MS = 90000;
  var NOT_SENT = '没有发出去，内容都还在，请再点一次。';
  var NO_ANSWER = '没有收到回音，内容都还在，请再点一次，不会重复登记。';
  var isSending = false;

  function all(selector, within) { return Array.prototype.slice.call(within.querySelectorAll(selector)); }
  function sameForm(form, within) {
    return all('form', within).filter(function (one) { return one.getAttribute('action') === form.getAttribute('action'); })[0];
  }

  /* Chosen files and passwords don't come back from the server: their fields move over as they are. */
  function carry(form, into) {
    all('input[type=file], input[type=password]', form).forEach(function (kept) {
      var fresh = into.elements[kept.name];
      if (!fresh) return;
      ['aria-invalid', 'aria-describedby'].forEach(function (name) {
        if (fresh.hasAttribute(name)) kept.setAttribute(name, fresh.getAttribute(name));
        else kept.removeAttribute(name);
      });
      fresh.replaceWith(kept);
    });
  }
  function show(answer, form, isRefused) {
    var body = document.adoptNode(answer.body);
    if (isRefused) carry(form, sameForm(form, body));
    document.title = answer.title;
    document.body = body;
    document.dispatchEvent(new Event('swapped'));
    var errors = document.getElementById('errors');
    scrollTo(0, 0);
    if (errors) errors.focus(); else document.getElementById('main').focus({ preventScroll: true });
  }
  /* An answer that has no place for what was typed is read out, and the form stays. */
  function reasonOf(answer) {
    var told = answer.querySelector('.wrong-sentence, .notice, .lone .card p:not(.status)');
    return told ? told.textContent.trim() + '您填的内容都还在。' : NOT_SENT;
  }

  function send(form) {
    var call = new XMLHttpRequest();
    var content = new FormData(form);
    var button = form.querySelector('button[type=submit]');
    var label = button.textContent;
    var bar = document.createElement('progress');
    var isOut = false;
    var stalled;

    function wait() {
      clearTimeout(stalled);
      stalled = setTimeout(function () { call.abort(); }, STALLED_MS);
    }
    function stay(words) {
      var told = document.createElement('div');
      var inner = document.createElement('div');
      clearTimeout(stalled);
      isSending = false;
      bar.remove();
      button.textContent = label;
      button.disabled = false;
      told.className = 'notice bad';
      told.setAttribute('role', 'alert');
      inner.textContent = words;
      told.appendChild(inner);
      button.before(told);
      document.dispatchEvent(new Event('swapped'));
      button.focus();
    }
    function lose() { stay(isOut ? NO_ANSWER : NOT_SENT); }

    isSending = true;
    all('.notice', form).forEach(function (told) { told.remove(); });
    button.disabled = true;
    button.textContent = '正在发送，请不要关闭';
    if (all('input[type=file]', form).some(function (field) { return field.files.length; })) {
      bar.setAttribute('aria-label', '已发送');
      button.after(bar);
    }
    call.open('POST', form.action);
    call.setRequestHeader('X-Fields', 'kept');
    call.upload.onprogress = function (event) { wait(); bar.max = event.total || 1; bar.value = event.loaded; };
    call.upload.onload = function () { isOut = true; wait(); };
    call.onerror = call.onabort = lose;
    call.onload = function () {
      var isRefused = call.status >= 400;
      var answer = new DOMParser().parseFromString(call.responseText, 'text/html');
      clearTimeout(stalled);
      if (!isRefused && call.responseURL !== form.action) { location.replace(call.responseURL); return; }
      if (isRefused && !sameForm(form, answer)) { stay(reasonOf(answer)); return; }
      if (!answer.getElementById('main')) { lose(); return; }
      isSending = false;
      show(answer, form, isRefused);
    };
    wait();
    call.send(content);
  }
  document.addEventListener('submit', function (event) {
    if (event.target.method !== 'post') return;
    event.preventDefault();
    if (!isSending) send(event.target);
  });

  /* A page that the browser sets aside whole is emptied, and asked for anew when it comes back. */
  addEventListener('pagehide', function (event) { if (event.persisted) document.body.textContent = ''; });
  addEventListener('pageshow', function (event) { if (event.persisted) location.reload(); });

  /* The list of downloads keeps addresses, and a data address is the picture itself. */
  document.addEventListener('click', function (event) {
    var link = event.target.closest('a[download]');
    if (!link || link.protocol !== 'data:') return;
    var bytes = Uint8Array.from(atob(link.href.split(',')[1]), function (one) { return one.charCodeAt(0); });
    link.href = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
  });
})();
