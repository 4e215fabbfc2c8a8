/* Does the work that raises the allowance of a tip-off, while its form is filled in. */
(function () {
  'use strict';
  /* SHA-256 by hand: plain http on a county network has no crypto.subtle. */
  var K = [], primes = 0, number = 2;
  function fraction(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }
  var start = [];
  while (primes < 64) {
    var prime = true;
    for (var d = 2; d * d <= number; d++) if (number % d === 0) { prime = false; break; }
    if (prime) {
      if (primes < 8) start[primes] = fraction(Math.pow(number, 1 / 2));
      K[primes++] = fraction(Math.pow(number, 1 / 3));
    }
    number++;
  }
  function turn(x, n) { return (x >>> n) | (x << (32 - n)); }
  function leading(text) {
    var bytes = [], i, j;
    for (i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i));
    var bits = bytes.length * 8;
    bytes.push(128);
    while (bytes.length % 64 !== 56) bytes.push(0);
    bytes.push(0, 0, 0, 0, bits >>> 24 & 255, bits >>> 16 & 255, bits >>> 8 & 255, bits & 255);
    var hash = start.slice(), w = [];
    for (i = 0; i < bytes.length; i += 64) {
      for (j = 0; j < 16; j++) w[j] = bytes[i + 4 * j] << 24 | bytes[i + 4 * j + 1] << 16 | bytes[i + 4 * j + 2] << 8 | bytes[i + 4 * j + 3];
      for (j = 16; j < 64; j++) {
        var a = w[j - 15], b = w[j - 2];
        w[j] = (w[j - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >>> 3) + w[j - 7] + (turn(b, 17) ^ turn(b, 19) ^ b >>> 10)) | 0;
      }
      var h = hash.slice();
      for (j = 0; j < 64; j++) {
        var one = (h[7] + (turn(h[4], 6) ^ turn(h[4], 11) ^ turn(h[4], 25)) + (h[4] & h[5] ^ ~h[4] & h[6]) + K[j] + w[j]) | 0;
        var two = ((turn(h[0], 2) ^ turn(h[0], 13) ^ turn(h[0], 22)) + (h[0] & h[1] ^ h[0] & h[2] ^ h[1] & h[2])) | 0;
        h = [(one + two) | 0, h[0], h[1], h[2], (h[3] + one) | 0, h[4], h[5], h[6]];
      }
      for (j = 0; j < 8; j++) hash[j] = (hash[j] + h[j]) | 0;
    }
    return hash[0] >>> 0;
  }
  function begin() {
    var form = document.getElementById('tip-off');
    if (!form) return;
    var challenge = form.elements.challenge.value, bits = +form.elements.challenge.dataset.bits, nonce = 0;
    function search() {
      var until = Date.now() + 12;
      while (Date.now() < until) {
        if (leading(challenge + '.' + nonce) >>> (32 - bits) === 0) { form.elements.work.value = nonce; return; }
        nonce++;
      }
      if (form.isConnected) setTimeout(search, 8);
    }
    if (!form.elements.work.value) setTimeout(search, 500);
  }
  begin();
  document.addEventListener('swapped', begin);
})();
