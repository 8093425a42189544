'use strict';
(() => {
const data = JSON.parse(document.getElementById('data').textContent);
const REJECTED = 2;

// One face by names; the order of its entries is that of scoreface/results/page/data.py.
const faces = data.faces.map(row => {
  const [id, status, reason, files, before, after, outline, error, found, yaw, pitch, roll, shares, evaluations, seconds,
    look, notes, way] = row;
  const [observed, first, second, unseen] = shares.length ? shares : [null, null, null, null];
  return {
    id, status, reason, files, before, after, outline, error, found, yaw, pitch, roll, shares, evaluations, seconds, look,
    notes, way, observed, unseen,
    generated: shares.length ? first + second : null,
    time: seconds.length ? seconds.reduce((sum, some) => sum + (some || 0), 0) : null,
    text: [id, data.statuses[status], reason, ...Object.values(look)].join(' ').toLowerCase(),
  };
});

// An element. Attributes of null are left out, and text stays text: nothing of the data becomes markup.
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== ''));
  return node;
}
const find = selector => document.querySelector(selector);
const has = (face, name) => Boolean(face.files >> data.files.indexOf(name) & 1);
const url = (face, name) => `${data.root}${encodeURIComponent(face.id)}/${name}`;
const many = n => n.toLocaleString('en');
const fixed = (value, digits) => value.toFixed(digits).replace(/^-(?=0*\.?0*$)/, '').replace('-', '−');
const number = digits => value => value === null ? '' : fixed(value, digits);
const percent = digits => value => value === null ? '' : `${fixed(100 * value, digits)}%`;
const badge = face => make('span', {class: `status s${face.status}`}, data.statuses[face.status]);

// --- Table and pages ---

// Title, key of a face, how it is written, and the key of `look` that says that it is out of range.
const COLUMNS = [
  ['Face', 'id'],
  ['Status', 'status'],
  ['Identity before', 'before', number(2)],
  ['Identity after', 'after', number(2), 'identity_after'],
  ['Outline', 'outline', percent(1), 'outline_iou'],
  ['Fit error', 'error', percent(1), 'reprojection_error'],
  ['Faces', 'found', number(0), 'faces_found'],
  ['Yaw', 'yaw', number(0)],
  ['Pitch', 'pitch', number(0)],
  ['Roll', 'roll', number(0)],
  ['Observed', 'observed', percent(0)],
  ['Generated', 'generated', percent(0)],
  ['Unseen', 'unseen', percent(0)],
  ['Seconds', 'time', number(0)],
];
const view = {status: '', words: [], key: null, direction: 1, page: 0, matched: faces};
const titles = COLUMNS.map(([title, key]) =>
  make('th', {scope: 'col'}, make('button', {type: 'button', onclick: () => sortBy(key)}, title)));
find('thead tr').append(...titles);

function sortBy(key) {
  // Up, down, and back to the order of the list.
  if (view.key !== key) [view.key, view.direction] = [key, 1];
  else if (view.direction === 1) view.direction = -1;
  else view.key = null;
  COLUMNS.forEach(([, name], column) => {
    if (name !== view.key) titles[column].removeAttribute('aria-sort');
    else titles[column].setAttribute('aria-sort', view.direction === 1 ? 'ascending' : 'descending');
  });
  update();
}

function matching() {
  const found = faces.filter(face => (view.status === '' || face.status === Number(view.status))
    && view.words.every(word => face.text.includes(word)));
  if (view.key === null) return found;
  const {key, direction} = view;
  const compared = key === 'id' ? new Intl.Collator('en', {numeric: true}).compare : (a, b) => a - b;
  // Blanks come last, whichever way.
  return found.sort(({[key]: a}, {[key]: b}) =>
    a === null || b === null ? (a === null) - (b === null) : direction * compared(a, b));
}

function update() {
  view.matched = matching();
  view.page = 0;
  show();
}

function show() {
  const {matched} = view;
  const last = Math.max(0, Math.ceil(matched.length / data.page) - 1);
  view.page = Math.min(Math.max(view.page, 0), last);
  const from = view.page * data.page;
  const shown = matched.slice(from, from + data.page);
  const total = `${many(faces.length)} ${faces.length === 1 ? 'face' : 'faces'}`;
  const count = matched.length === faces.length ? total
    : `${many(matched.length)} of ${total} ${matched.length === 1 ? 'matches' : 'match'}`;
  const range = `${many(from + 1)} to ${many(from + shown.length)}`;
  find('#count').textContent = last ? `${count}; shown are ${range}` : count;
  find('#scroll').hidden = !matched.length;
  find('#scroll').scrollTop = 0;
  find('tbody').replaceChildren(...shown.map(row));
  closeHeads();
  find('#cards').replaceChildren(...shown.map(card));
  for (const pages of document.querySelectorAll('.pages')) {
    pages.hidden = !last;
    pages.querySelector('span').textContent = `Page ${many(view.page + 1)} of ${many(last + 1)}`;
    pages.querySelectorAll('button').forEach((button, place) =>
      button.setAttribute('aria-disabled', place < 2 ? view.page === 0 : view.page === last));
  }
}

function row(face) {
  return make('tr', {}, COLUMNS.map(([, key, written, looked]) => {
    if (key === 'id') return make('th', {scope: 'row'}, make('a', {href: `#face-${face.id}`}, face.id));
    if (key === 'status') return make('td', {}, badge(face));
    const why = face.look[looked];
    const blank = face[key] === null && why ? 'none' : '';
    return make('td', {class: why ? 'out' : null, title: why || null}, written(face[key]) || blank);
  }));
}

document.querySelectorAll('.pages').forEach(pages => {
  const go = to => event => {
    if (event.currentTarget.getAttribute('aria-disabled') === 'true') return;
    view.page = to(view.page);
    show();
    find('#count').scrollIntoView({block: 'start'});
  };
  const button = (name, to) => make('button', {type: 'button', onclick: go(to)}, name);
  pages.append(button('First', () => 0), button('Previous', page => page - 1), make('span'),
    button('Next', page => page + 1), button('Last', () => Infinity));
});

for (const button of document.querySelectorAll('.filters button')) {
  button.addEventListener('click', () => {
    view.status = button.dataset.status;
    for (const other of document.querySelectorAll('.filters button'))
      other.setAttribute('aria-pressed', other === button);
    update();
  });
}
let typing = 0;
find('#filter').addEventListener('input', event => {
  view.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  clearTimeout(typing);
  typing = setTimeout(update, 80);
});

// --- Cards ---

function card(face) {
  const looks = Object.values(face.look);
  const stages = [compare(face), head(face)].filter(Boolean);
  return make('article', {id: `face-${face.id}`, class: stages.length ? 'whole' : null, tabindex: -1},
    make('h2', {}, face.id, ' ', badge(face)),
    face.reason ? make('p', {class: 'reason'}, face.reason) : null,
    looks.length && face.status !== REJECTED ? make('ul', {class: 'look'}, looks.map(why => make('li', {}, why))) : null,
    // Of a rejected photo the reason says it all.
    face.status === REJECTED ? [] : face.notes.map(note => make('p', {class: 'parse'}, `Parse: ${note}`)),
    make('div', {class: 'body'}, stages, figures(face), stages.length ? null : strip(face)),
    stages.length ? strip(face) : null);
}

function figures(face) {
  const items = [];
  const item = (name, value, looked) =>
    value && items.push(make('div', {class: face.look[looked] ? 'out' : null}, make('dt', {}, name), make('dd', {}, value)));
  const both = [face.before, face.after].map(value => value === null ? 'none' : value.toFixed(2));
  const compared = face.before !== null || face.after !== null || face.look.identity_after;
  item('Identity before, after', compared ? both.join(' → ') : '', 'identity_after');
  item('Outline', percent(1)(face.outline), 'outline_iou');
  item('Fit error', percent(1)(face.error), 'reprojection_error');
  item('Faces found', [number(0)(face.found), face.way && `by ${face.way}`].filter(Boolean).join(' '), 'faces_found');
  if (face.yaw !== null) {
    const angles = [face.yaw, face.pitch, face.roll].map(angle => angle === null ? '–' : `${fixed(angle, 0)}°`);
    item('Yaw, pitch, roll', angles.join(', '));
  }
  return make('div', {class: 'figures'},
    items.length ? make('dl', {}, items) : null, provenance(face), spent(face), downloads(face));
}

function provenance(face) {
  if (!face.shares.length) return null;
  const parts = data.legend.map(([meaning, colour], label) => [meaning, colour, face.shares[label]]).filter(part => part[2]);
  return make('div', {class: 'provenance'},
    make('div', {class: 'bar', 'aria-hidden': 'true'},
      parts.map(([, colour, share]) => make('i', {style: `width:${100 * share}%;background:${colour}`}))),
    make('ul', {}, parts.map(([meaning, colour, share]) =>
      make('li', {}, make('i', {style: `background:${colour}`}), make('span', {}, meaning), make('b', {}, percent(1)(share))))));
}

function spent(face) {
  if (face.time === null) return null;
  const evaluations = face.evaluations === null ? '' : `, ${many(face.evaluations)} network evaluations`;
  const stages = data.stages.map((stage, place) => [stage.replaceAll('_', ' '), face.seconds[place]]);
  return make('details', {},
    make('summary', {}, `${many(Math.round(face.time))} s${evaluations}`),
    make('ul', {}, stages.filter(stage => stage[1] !== null).map(([stage, seconds]) =>
      make('li', {}, make('span', {}, stage), make('b', {}, `${seconds.toFixed(1)} s`)))));
}

const DOWNLOADS = [
  ['head.zip', 'OBJ with texture (zip)'], ['head.glb', 'GLB'], ['texture.png', 'texture'], ['frontal.png', 'frontal view'],
  ['views', 'all views'], ['before_after.png', 'before and after'],
];
function downloads(face) {
  const links = DOWNLOADS.filter(([name]) => has(face, name)).map(([name, title]) =>
    make('li', {}, make('a', {href: url(face, name)}, title)));
  return links.length ? make('ul', {class: 'downloads', 'aria-label': 'Files'}, links) : null;
}

const PICTURES = [
  ['before_after.png', 'before and after'], ['parse/overlay.png', 'parse'], ['fit/overlay.png', 'fit'], ['texture.png', 'texture'],
  ['provenance.png', 'provenance'], ['uncertainty.png', 'uncertainty'],
];
function strip(face) {
  // Where two pictures can be compared, the one of before and after says nothing more.
  const wide = !has(face, 'compare/complete.png');
  const shown = PICTURES.filter(([name]) => has(face, name) && (wide || name !== 'before_after.png'));
  const turning = ['turntable.webp', 'turntable.gif'].find(name => has(face, name));
  if (turning) shown.push([turning, 'turntable']);
  if (!shown.length) return null;
  const pictures = shown.map(([name, caption]) => make('figure', {class: name === 'before_after.png' ? 'wide' : null},
    make('a', {href: url(face, name)}, picture(face, name, `${caption} of ${face.id}`)), make('figcaption', {}, caption)));
  return make('div', {class: 'strip', role: 'group', 'aria-label': `Pictures of ${face.id}`}, pictures);
}

const picture = (face, name, alt) => make('img', {loading: 'lazy', decoding: 'async', src: url(face, name), alt});

// --- Two of three pictures of one view, a line between them ---

const PARTS = {
  photo: ['compare/photo.png', 'photo', 'photo'],
  incomplete: ['compare/incomplete.png', 'photo’s texels', 'texels'],
  complete: ['compare/complete.png', 'complete', 'complete'],
};
function compare(face) {
  if (!Object.values(PARTS).every(([name]) => has(face, name))) return null;
  const side = part => picture(face, PARTS[part][0], '');
  const layers = {photo: side('photo'), incomplete: side('incomplete'), complete: side('complete')};
  const [left, right] = [make('span', {class: 'left'}), make('span', {class: 'right'})];
  const slider = make('input', {type: 'range', min: 0, max: 100, value: 50});
  const frame = make('div', {class: 'frame'}, Object.values(layers), left, right, slider, make('i'));
  const pairs = [['photo', 'complete'], ['incomplete', 'complete'], ['photo', 'incomplete']];
  let chosen = pairs[0];
  const move = () => {
    frame.style.setProperty('--at', `${slider.value}%`);
    left.hidden = slider.value < 25;
    right.hidden = slider.value > 75;
    const [one, other] = chosen.map(part => PARTS[part][1]);
    slider.setAttribute('aria-valuetext', `${slider.value} % ${one}, ${100 - slider.value} % ${other}`);
  };
  const choose = pair => {
    chosen = pair;
    for (const [part, layer] of Object.entries(layers))
      layer.className = part === pair[0] ? 'over' : part === pair[1] ? 'under' : 'away';
    [left.textContent, right.textContent] = pair.map(part => PARTS[part][1]);
    slider.setAttribute('aria-label', `Compare ${left.textContent} and ${right.textContent} of ${face.id}`);
    move();
  };
  slider.addEventListener('input', move);
  choose(chosen);
  const names = pairs.map(pair => pair.map(part => PARTS[part][2]).join(' | '));
  return make('figure', {class: 'stage compare'}, frame, choices(`Pair of pictures of ${face.id}`, names, place => choose(pairs[place])));
}

// Buttons of which one is pressed.
function choices(label, names, choose) {
  const buttons = names.map((name, place) => make('button', {
    type: 'button', 'aria-pressed': place === 0,
    onclick: () => {
      buttons.forEach((button, other) => button.setAttribute('aria-pressed', other === place));
      choose(place);
    },
  }, name));
  return make('div', {class: 'choices', role: 'group', 'aria-label': label}, buttons);
}

// --- The head in 3D, loaded when it is asked for ---

const open = new Set();
const waiting = new Map();
const scripts = new Map();

// The script of a head calls this with its numbers and pictures.
window.scorefaceHead = (id, head) => waiting.get(id)?.(head);

function load(source) {
  return new Promise((resolve, reject) => {
    const script = make('script', {
      src: source,
      onload: () => { script.remove(); resolve(); },
      onerror: () => { script.remove(); reject(new Error(`${source} cannot be loaded; it belongs beside this page.`)); },
    });
    document.head.append(script);
  });
}

async function viewer() {
  if (!window.scorefaceViewer) await load(data.viewer);
  return window.scorefaceViewer;
}

async function headOf(face) {
  let content = null;
  waiting.set(face.id, head => { content = head; });
  await load(url(face, 'head.js'));
  waiting.delete(face.id);
  if (!content) throw new Error(`${url(face, 'head.js')} is not the head of ${face.id}.`);
  return content;
}

function closeHeads() {
  for (const shown of open) shown.dispose();
  open.clear();
}

const TEXTURES = ['complete', 'incomplete', 'provenance'];
const KEYS = {
  ArrowLeft: shown => shown.turn(-10, 0), ArrowRight: shown => shown.turn(10, 0),
  ArrowUp: shown => shown.turn(0, -10), ArrowDown: shown => shown.turn(0, 10),
  '+': shown => shown.zoom(1.2), '=': shown => shown.zoom(1.2), '-': shown => shown.zoom(1 / 1.2),
  '0': shown => shown.reset(), Home: shown => shown.reset(),
};

function head(face) {
  if (!data.viewer || !has(face, 'head.js')) return null;
  const label = make('span', {}, 'Show in 3D');
  const start = make('button', {type: 'button', class: 'start', 'aria-label': `Show ${face.id} in 3D`}, label);
  const still = has(face, 'frontal.png') ? picture(face, 'frontal.png', '') : null;
  const frame = make('div', {class: 'frame'}, still, start);
  const stage = make('figure', {class: 'stage head'}, frame);
  const note = text => {
    stage.querySelector('[role="alert"]')?.remove();
    if (text) stage.append(make('p', {role: 'alert'}, text));
  };
  start.addEventListener('click', async () => {
    if (start.getAttribute('aria-busy')) return;
    start.setAttribute('aria-busy', 'true');
    label.textContent = 'Loading …';
    note('');
    try {
      const [make3d, content] = [await viewer(), await headOf(face)];
      const canvas = make('canvas', {
        tabindex: 0, role: 'application',
        'aria-label': `Head of ${face.id} in 3D: arrow keys turn it, plus and minus zoom, 0 shows it from the front`,
      });
      const shown = await make3d(canvas, content);
      if (!stage.isConnected) return shown.dispose();
      open.add(shown);
      canvas.addEventListener('keydown', event => {
        if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
        event.preventDefault();
        KEYS[event.key](shown);
      });
      const tool = (name, label, act) =>
        make('button', {type: 'button', 'aria-label': label, title: label, onclick: act}, name);
      const tools = make('div', {class: 'tools3d'}, tool('+', 'Zoom in', () => shown.zoom(1.2)),
        tool('−', 'Zoom out', () => shown.zoom(1 / 1.2)), tool('Reset', 'Reset: show from the front', () => shown.reset()));
      frame.replaceChildren(canvas, tools);
      stage.append(choices(`Texture of ${face.id}`, TEXTURES, place => shown.show(TEXTURES[place])));
      shown.resize();
      canvas.focus({preventScroll: true});
    } catch (error) {
      start.removeAttribute('aria-busy');
      label.textContent = 'Show in 3D';
      note(error.message);
    }
  });
  return stage;
}

// --- What the address asks for: the card of one face ---

function visit() {
  const id = location.hash.replace(/^#face-/, '');
  const place = view.matched.findIndex(face => face.id === id);
  if (place < 0) return;
  const page = Math.floor(place / data.page);
  if (page !== view.page) { view.page = page; show(); }
  document.getElementById(`face-${id}`).scrollIntoView();
}

show();
visit();
window.addEventListener('hashchange', visit);
})();
