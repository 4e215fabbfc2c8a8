/* A point over months: dragging asks for that period in detail; the drawing below stays without. */
(function () {
  'use strict';
  var place = document.getElementById('zoom');
  if (!place || !window.fetch || !window.uPlot) return;
  var PAPER = 640; /* A4 less its margins is 178 mm, 672 pixels; the chart has 14 on each side. */
  var whole, chart, told, asked = 0, printing = false;
  var style = getComputedStyle(document.documentElement);

  function colour(name) { return style.getPropertyValue(name).trim(); }
  function number(plot, value) { return value === null || value === undefined ? '—' : String(+value.toFixed(4)); }
  function zoned(seconds) { return window.uPlot.tzDate(new Date(seconds * 1e3), 'Asia/Shanghai'); }
  function get(since, until) {
    var turn = ++asked;
    return fetch(place.dataset.series + '?since=' + Math.floor(since) + '&until=' + Math.ceil(until),
      { credentials: 'same-origin', redirect: 'error' })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (found) { if (turn === asked) show(found); })
      .catch(function () { /* What is shown stays. */ });
  }
  function values() { return [told.time, told.lowest, told.highest, told.mean]; }
  function range() { return [told.since, told.until]; }
  function heights(plot, low, high) {
    var all = told.limits.map(function (one) { return one.value; });
    if (low !== null && low !== undefined) all.push(low, high);
    if (!all.length) all.push(0, 1);
    var least = Math.min.apply(null, all), most = Math.max.apply(null, all);
    if (least > 0 && least < most / 2) least = 0;
    var room = (most - least || Math.abs(most) || 1) * 0.08;
    return [least === 0 ? 0 : least - room, most + room];
  }
  function shade(plot) {
    var box = plot.bbox;
    plot.ctx.save();
    plot.ctx.fillStyle = colour('--red-soft');
    told.episodes.forEach(function (one) {
      var left = Math.max(plot.valToPos(one.since, 'x', true), box.left);
      var right = Math.min(plot.valToPos(one.until, 'x', true), box.left + box.width);
      if (right > box.left && left < box.left + box.width) plot.ctx.fillRect(left, box.top, Math.max(right - left, 2), box.height);
    });
    plot.ctx.restore();
  }
  /* Beside its line, nearest first, where no other words are and, if it can be, no other line. */
  function beside(one, lines, taken, frame, wide, tall) {
    var left = Math.max(Math.min(one.left + tall / 3, frame.left + frame.width - wide), frame.left), found = null;
    for (var turn = 0; turn < 6; turn += 1) {
      var off = Math.floor(turn / 2) * tall, top = turn % 2 ? one.y + tall / 4 + off : one.y - tall - off;
      var box = { left: left, right: left + wide, top: top, bottom: top + tall };
      if (box.top < 0 || box.bottom > frame.top + frame.height || taken.some(meets(box))) continue;
      if (!lines.some(meets(box))) return box;
      found = found || box;
    }
    return found; /* None where it is full: the table below tells. */
  }
  function meets(box) {
    return function (one) { return one.left < box.right && one.right > box.left && one.top < box.bottom && one.bottom > box.top; };
  }
  function limits(plot) {
    var context = plot.ctx, ratio = window.devicePixelRatio || 1;
    context.save();
    context.setLineDash([5 * ratio, 4 * ratio]);
    context.lineWidth = ratio;
    context.font = 11 * ratio + 'px sans-serif';
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    var lines = told.limits.map(function (one) {
      var y = plot.valToPos(one.value, 'y', true);
      context.strokeStyle = colour(one.level === 'alarm' ? '--chart-4' : '--chart-3');
      context.beginPath();
      context.moveTo(plot.valToPos(one.since, 'x', true), y);
      context.lineTo(plot.valToPos(one.until, 'x', true), y);
      context.stroke();
      return { words: one.words, y: y, top: y, bottom: y, left: plot.valToPos(one.since, 'x', true), right: plot.valToPos(one.until, 'x', true) };
    }).sort(function (one, other) { return one.y - other.y || one.left - other.left; });
    var taken = [];
    context.fillStyle = colour('--ink-2');
    lines.forEach(function (one) {
      var box = beside(one, lines, taken, plot.bbox, context.measureText(one.words).width, 13 * ratio);
      if (!box) return;
      taken.push(box);
      context.fillText(one.words, box.left, (box.top + box.bottom) / 2);
    });
    context.restore();
  }
  /* No line joins what stands between two gaps: it is a point, however many there are. */
  function lone(plot, series, all) {
    var values = plot.data[series], found = [];
    if (all) return null;
    values.forEach(function (one, at) {
      if (one !== null && (values[at - 1] === null || at === 0) && (values[at + 1] === null || at === values.length - 1)) found.push(at);
    });
    return found;
  }
  /* A browser asks before it lays the page out for the paper, so the paper's width is given. */
  function wide() { return printing ? PAPER : Math.max(place.clientWidth - 28, 240); }
  function print(begins) {
    printing = begins;
    if (chart) { chart.destroy(); chart = draw(); } /* Anew, for its colours are others on paper. */
  }
  function axis(size) {
    return { stroke: colour('--ink-3'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') }, size: size };
  }
  function days(plot, splits) {
    return splits.map(function (one, index) {
      var at = zoned(one), pad = function (part) { return (part < 10 ? '0' : '') + part; };
      var day = (at.getMonth() + 1) + '-' + pad(at.getDate());
      var clock = pad(at.getHours()) + ':' + pad(at.getMinutes());
      if (told.until - told.since > 4 * 86400) return index ? day : at.getFullYear() + '-' + day;
      return index === 0 || clock === '00:00' ? day + ' ' + clock : clock;
    });
  }
  function draw() {
    var across = axis(44), up = axis(52);
    across.values = days;
    across.space = 90;
    return new window.uPlot({
      width: wide(), height: 300, tzDate: zoned,
      cursor: { drag: { x: true, y: false, setScale: false } },
      scales: { x: { range: range }, y: { range: heights } },
      axes: [across, up],
      series: [
        { label: '时间', value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' },
        { label: '最低', stroke: colour('--chart-1'), width: 1, points: { show: false }, value: number },
        { label: '最高', stroke: colour('--chart-1'), width: 1, points: { show: false }, value: number },
        { label: '平均', stroke: colour('--chart-2'), width: 1.6, points: { size: 3, filter: lone }, value: number }
      ],
      bands: [{ series: [2, 1], fill: colour('--sunken') }],
      hooks: {
        drawClear: [shade], draw: [limits],
        setSelect: [function (plot) {
          if (plot.select.width < 4) return;
          var since = plot.posToVal(plot.select.left, 'x'), until = plot.posToVal(plot.select.left + plot.select.width, 'x');
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          get(since, until);
        }]
      }
    }, values(), place);
  }
  function show(found) {
    told = found;
    if (!whole) whole = [found.since, found.until];
    if (chart) chart.setData(values()); else { place.replaceChildren(); chart = draw(); }
  }
  place.addEventListener('dblclick', function () { if (whole) get(whole[0], whole[1]); });
  window.addEventListener('resize', function () { if (chart) chart.setSize({ width: wide(), height: 300 }); });
  window.addEventListener('beforeprint', function () { print(true); });
  window.addEventListener('afterprint', function () { print(false); });
  window.matchMedia('print').addEventListener('change', function (media) { print(media.matches); });
  get(+place.dataset.since, +place.dataset.until);
})();
