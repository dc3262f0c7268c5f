'use strict';
// The browser client: what the page shows, and the one WebSocket behind it.
// What goes over the wire is decided in chat/protocol.py, what a "/command" means in chat/commands.py: not here.
// Three parts: pure functions, the screen (the only part that touches the document), the connection.

// ---------------------------------------------------------------- pure functions

const MAX_TEXT = 512; // code points, as in chat/protocol.py
const PAGE = 100; // events in one page of history
const MAX_LINES = 2000; // what the screen keeps while the reader is at its end
const PACE = 150; // ms between two pages: stays below the server's rate limit
const PATIENCE = 15000; // ms without welcome or echo until a connection counts as dead
const LONGEST_WAIT = 30; // s between two attempts to connect

const FINAL_CODES = new Set([1000, 1003, 1007, 1008, 1009, 1010]); // RFC 6455, 7.4.1: trying again would not help
const REFUSALS = { // what /healthz says about why no socket could be opened
  200: 'The server is there but refuses the chat connection. It may have to allow this address (--origin).',
  403: 'The server does not allow this address. Whoever runs it can allow it with --origin.',
  503: 'The chat is full or about to stop.',
};
const CLOSE_WORDS = { // as in chat/words.py
  1001: 'the server stopped',
  1006: 'the connection was lost',
  1008: 'the server refuses to go on',
  1011: 'the server had an error',
  1012: 'the server starts again',
  1013: 'the messages came faster than they were read',
};
const OFFLINE = 'Not connected: nothing was sent. Your text stays here.';

function countPoints(text) {
  return [...text].length;
}

function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function alphabetical(names) {
  return [...names].sort((a, b) => a.localeCompare(b));
}

function sentence(words) {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?…]$/.test(words) ? '' : '.'}`;
}

// Keeps the length, so that the cursor stays where it is.
function oneLine(text) {
  return text.replace(/[\r\n\t\u2028\u2029]/g, ' ');
}

// Whether the server answers this line with an event; the other commands are answered in words, without a ref.
function makesEvent(text) {
  return !text.startsWith('/') || text.startsWith('//') || /^\/\s*(me\s+\S|msg\s+\S+\s+\S)/i.test(text);
}

// How an event reads, with `me` as the reader's name.
function describe(event, me) {
  const mine = event.name === me;
  switch (event.type) {
    case 'join': return {kind: 'system', who: event.name, text: 'joined'};
    case 'leave': return {kind: 'system', who: event.name, text: 'left'};
    case 'action': return {kind: 'action', mine, lead: '*', who: event.name, text: event.text};
    case 'whisper': return {kind: 'whisper', mine, who: event.name, text: event.text,
      note: `whispers to ${mine ? event.to : 'you'}`};
    default: return {kind: 'message', mine, who: event.name, text: event.text};
  }
}

// What a name looks like where it stands as a disc: its first letter, and one of six colours.
function badge(name) {
  const tint = [...name].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) % 6007, 7) % 6;
  return {initial: [...name][0].toUpperCase(), tint};
}

// Why a connection ended. Where that is for good, the server's own words say best why.
function closeWords(code, reason) {
  return (FINAL_CODES.has(code) && reason) || (CLOSE_WORDS[code] ?? 'the connection was closed');
}

// Exponential back-off with jitter: half of the wait is fixed, half is chance. In seconds.
function backOff(tries, chance) {
  return Math.ceil(Math.min(LONGEST_WAIT, 2 ** tries) * (0.5 + chance / 2));
}

function socketUrl(page, token) {
  const scheme = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${page.host}/${token ? `?token=${encodeURIComponent(token)}` : ''}`;
}

// ---------------------------------------------------------------- the screen

const ui = {};
for (const named of document.querySelectorAll('[id]')) ui[named.id] = named;

const shown = new Map(); // "id type name" -> its line: servers that die leave several events with one id
const talk = {following: true, top: 0, height: 0, first: 1, oldest: 1, settling: false, loading: false};
let members = new Set();
const clock = new Intl.DateTimeFormat(undefined, {hour: 'numeric', minute: '2-digit'});
const calendar = new Intl.DateTimeFormat(undefined, {weekday: 'long', day: 'numeric', month: 'long'});

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function makeLine({kind, mine = false, lead, who, note, text}, id, seconds) {
  const line = element('li', mine ? `${kind} mine` : kind);
  const moment = new Date(seconds * 1000);
  const time = element('time', '', clock.format(moment));
  time.dateTime = moment.toISOString();
  time.title = moment.toLocaleString();
  const words = element('span', 'text', text);
  words.dir = 'auto';
  const parts = [lead && element('span', 'lead', lead), who && element('bdi', 'who', who),
    note && element('span', 'note', note), words, time].filter(Boolean);
  const bubble = element('div', 'bubble');
  bubble.append(...parts.flatMap((part) => [part, ' ']).slice(0, -1));
  if (who) Object.assign(bubble.dataset, badge(who));
  line.append(bubble);
  Object.assign(line.dataset, {id, who: who ?? '', kind, minute: Math.floor(seconds / 60), date: calendar.format(moment)});
  return line;
}

// A line in a row of one person's needs no name of its own; the first of a day says the date.
function group(line) {
  if (!line) return;
  const before = line.previousElementSibling ?? (line.parentElement === ui.fresh ? ui.older.lastElementChild : null);
  const [a, b] = [before?.dataset, line.dataset];
  const newDay = a?.date !== b.date;
  line.classList.toggle('new-day', newDay);
  line.classList.toggle('same', !newDay && b.kind === 'message' && a.kind === 'message' && a.who === b.who && b.minute - a.minute < 5);
}

function insertById(list, line) {
  let before = list.lastElementChild;
  while (before && Number(before.dataset.id) > Number(line.dataset.id)) before = before.previousElementSibling;
  if (before) before.after(line);
  else list.prepend(line);
  group(line);
  group(line.nextElementSibling);
}

function showEvent(event, fresh) {
  const key = `${event.id} ${event.type} ${event.name}`;
  if (shown.has(key)) return false;
  const line = makeLine(describe(event, seat.name), event.id, event.time);
  line.dataset.key = key;
  shown.set(key, line);
  insertById(fresh ? ui.fresh : ui.older, line);
  talk.first = Math.min(talk.first, event.id);
  settle();
  return true;
}

function showNote(text, kind = 'notice', list = ui.fresh, id = link.last) {
  insertById(list, makeLine({kind, text}, id, Date.now() / 1000));
  settle();
}

// Whatever `change` puts above it, the line being read stays where it is.
function keepingPosition(change) {
  const edge = ui.log.getBoundingClientRect().top;
  const read = [...ui.log.querySelectorAll('li')].find((line) => line.getBoundingClientRect().bottom > edge);
  const before = read?.getBoundingClientRect().bottom;
  change();
  if (talk.following) toBottom();
  else if (read) ui.log.scrollTop += read.getBoundingClientRect().bottom - before;
}

function atBottom() {
  return ui.log.scrollHeight - ui.log.scrollTop - ui.log.clientHeight < 40;
}

function toBottom() {
  talk.following = true;
  ui['new-messages'].hidden = true;
  ui.log.scrollTop = ui.log.scrollHeight;
  talk.top = ui.log.scrollTop;
  talk.height = ui.log.clientHeight;
}

// What has to be measured or is costly happens once a frame, however many events came.
function settle() {
  if (talk.settling) return;
  talk.settling = true;
  requestAnimationFrame(() => {
    talk.settling = false;
    if (talk.following) {
      if (link?.whole) trim();
      toBottom();
    }
    showMembers();
  });
}

function trim() {
  const lines = [...ui.older.children, ...ui.fresh.children];
  if (lines.length <= MAX_LINES) return;
  for (const line of lines.splice(0, lines.length - MAX_LINES)) {
    shown.delete(line.dataset.key);
    line.remove();
  }
  talk.first = Number(lines[0].dataset.id);
  group(lines[0]);
  offerOlder();
}

function clearLog() {
  shown.clear();
  ui.older.replaceChildren();
  ui.fresh.replaceChildren();
  seat.last = 0;
  talk.following = true;
}

function showMembers() {
  const names = alphabetical(members);
  ui['members-toggle'].textContent = `Members (${names.length})`;
  if (names.join(' ') === [...ui.members.children].map((item) => item.dataset.name).join(' ')) return;
  ui.members.replaceChildren(...names.map((name) => {
    const item = element('li', '');
    item.append(element('bdi', '', name), ...(name === seat.name ? [' ', element('span', 'note', '(you)')] : []));
    Object.assign(item.dataset, {name, ...badge(name)});
    return item;
  }));
}

function showUnsent() {
  const entries = [...unconfirmed].filter(([, line]) => line.state !== 'sent');
  ui.unsent.hidden = !entries.length;
  ui.unsent.replaceChildren(...entries.map(([ref, {text, state, why}]) => {
    const item = element('li', state);
    const words = element('span', 'text', `${why ? `Not sent, ${why}` : 'Not confirmed'}: ${text}`);
    words.id = `unsent-${ref}`;
    item.append(words);
    if (state === 'lost') item.append(unsentButton('Send again', ref, () => say(text)), unsentButton('Discard', ref));
    return item;
  }));
}

function unsentButton(label, ref, action = () => true) {
  const button = element('button', '', label);
  button.type = 'button';
  button.setAttribute('aria-describedby', `unsent-${ref}`);
  button.onclick = () => {
    if (!action()) return;
    unconfirmed.delete(ref);
    showUnsent();
    ui.text.focus();
  };
  return button;
}

// `again` is the label of the button beside it, if any.
function showStatus(words, state, again = '') {
  ui.status.textContent = words;
  ui.status.dataset.state = state;
  ui.again.hidden = !again;
  ui.again.textContent = again;
}

function showProblem(field, words) {
  ui[`${field}-problem`].textContent = words;
  ui[field].setAttribute('aria-invalid', String(Boolean(words)));
}

function showView(joining) {
  if (ui['join-view'].hidden === !joining) return;
  ui['join-view'].hidden = !joining;
  for (const part of ['chat-view', 'members-toggle', 'leave']) ui[part].hidden = joining;
  (joining ? ui.name : ui.text).focus();
}

function showJoin(field = '', words = '') {
  showView(true);
  ui.name.value ||= seat.name;
  if (field === 'token') ui['token-row'].hidden = false;
  if (field) showProblem(field, words);
  if (field) ui[field].focus();
}

function showLength() {
  const left = MAX_TEXT - countPoints(ui.text.value.trim());
  ui['text-left'].hidden = left > 100;
  ui['text-left'].textContent = left < 0 ? `${plural(-left, 'character')} too many` : `${plural(left, 'character')} left`;
  ui['text-left'].classList.toggle('problem', left < 0);
  if (left >= 0) showProblem('text', '');
}

// ---------------------------------------------------------------- the connection

const seat = {name: '', journal: null, session: null, last: 0}; // what it takes to come back as the same person; up to `last` all is shown
const unconfirmed = new Map(); // ref -> {text, state, why}: "sent", after a break "waiting", then "lost" unless the replay has it
let link = null; // the one connection: {socket, opened, joined, refused, newest, first, last, whole, asked}
let asking = Promise.resolve(); // history is asked for one page at a time
let token = '';
let tries = 0;
let retryTimer = 0;
let lastRef = Math.floor(Math.random() * 2 ** 31);

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// Storage can be forbidden in a browser's settings: then a reload joins anew.
function stored(key, value) {
  try {
    if (value === undefined) return JSON.parse(sessionStorage.getItem(key));
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    console.info(`Nothing is kept for a reload: ${error.message}`);
  }
  return null;
}

function remember() {
  stored('chat-seat', seat);
}

function connect() {
  clearTimeout(retryTimer);
  const mine = {socket: new WebSocket(socketUrl(location, token)), opened: false, joined: false};
  link = mine;
  showStatus('Connecting…', 'wait');
  mine.socket.onopen = () => {
    mine.opened = true;
    if (link === mine) join();
  };
  mine.socket.onmessage = ({data}) => { if (link === mine) receive(JSON.parse(data)); };
  mine.socket.onclose = ({code, reason}) => { if (link === mine) lost(code, reason); };
  setTimeout(() => { if (link === mine && !mine.joined && !mine.refused) abandon(); }, PATIENCE);
}

// A dead network closes a socket only after minutes: we do not wait for it.
function abandon() {
  link.socket.close();
  lost(1006, '');
}

function join() {
  const name = ui['join-view'].hidden ? seat.name : ui.name.value.trim();
  const {journal, session} = seat;
  link.refused = false;
  const after = shown.size ? seat.last : undefined; // without it, the newest events come
  if (session && name === seat.name) return transmit({type: 'join', name, after, journal, session});
  clearLog();
  return transmit({type: 'join', name});
}

function transmit(message) {
  lastRef += 1;
  link.socket.send(JSON.stringify({...message, ref: lastRef}));
  return lastRef;
}

function receive(message) {
  switch (message.type) {
    case 'welcome': return welcomed(message);
    case 'history': return link.asked?.answer(message.events);
    case 'members': return membersTold(message.members);
    case 'notice': return showNote(message.text);
    case 'error': return refused(message);
    default: return happened(message);
  }
}

function welcomed({name, members: present, id, oldest, journal, session}) {
  const renewed = seat.journal !== null && (seat.journal !== journal || id <= seat.last);
  if (renewed) clearLog();
  Object.assign(seat, {name, journal, session});
  Object.assign(link, {joined: true, newest: id, last: 0, whole: !shown.size});
  tries = 0;
  remember();
  if (!shown.size) talk.first = id + 1;
  talk.oldest = oldest;
  ui.older.append(...ui.fresh.children);
  members = new Set(present);
  if (renewed) showNote('The server has another history now: this is its chat.', 'notice', ui.older, 0);
  else if (shown.size && oldest > seat.last + 1) {
    showNote(`The history before event ${oldest} is gone`, 'notice', ui.older, seat.last);
  }
  showView(false);
  showStatus(`Connected as ${name}`, 'on');
  if (ui['text-problem'].textContent === OFFLINE) showProblem('text', '');
  settle();
  catchUp();
}

function happened(event) {
  const live = event.id > link.newest;
  link.first ??= event.id;
  link.last = event.id;
  if (link.whole) seat.last = event.id;
  settleOwn(event);
  if (live && event.type === 'join') members.add(event.name);
  if (live && event.type === 'leave') members.delete(event.name);
  if (!showEvent(event, live) || event.text === undefined) return;
  if (live && event.name === seat.name) talk.following = true;
  if (!talk.following) ui['new-messages'].hidden = false;
}

function settleOwn(event) {
  if (event.name === seat.name && unconfirmed.delete(event.ref)) showUnsent();
}

function membersTold(present) {
  members = new Set(present);
  showNote(`Here now: ${alphabetical(members).join(', ')}`);
}

function refused({code, detail, ref}) {
  const asked = link.asked?.ref === ref ? link.asked : null;
  if (asked && code === 'rate-limited') return setTimeout(asked.repeat, 1000);
  asked?.answer(null);
  if (!link.joined) return joinRefused(code, detail);
  showNote(sentence(detail), 'error');
  const line = unconfirmed.get(ref);
  if (!line) return undefined;
  if (ui.text.value) Object.assign(line, {state: 'lost', why: detail});
  else unconfirmed.delete(ref);
  ui.text.value ||= line.text;
  showLength();
  return showUnsent();
}

function joinRefused(code, detail) {
  const aboutName = code === 'name-taken' || code === 'bad-name';
  if (ui['join-view'].hidden && !aboutName) return abandon();
  if (aboutName) seat.session = null;
  link.refused = true;
  showStatus('Not joined yet', 'off');
  return showJoin('name', sentence(detail));
}

function lost(code, reason) {
  if (!link.opened) return diagnose();
  link.asked?.answer(null);
  link = null;
  for (const line of unconfirmed.values()) if (line.state === 'sent') line.state = 'waiting';
  showUnsent();
  const why = closeWords(code, reason);
  const joining = !ui['join-view'].hidden;
  if (joining || FINAL_CODES.has(code)) return showStatus(sentence(`Not connected: ${why}`), 'off', joining ? '' : 'Join again');
  return retry(sentence(why));
}

// A browser does not tell a page why a handshake was refused; /healthz does.
async function diagnose() {
  const mine = link;
  const options = {cache: 'no-store', signal: AbortSignal.timeout(5000)};
  const answer = await fetch(`/healthz?token=${encodeURIComponent(token)}`, options).catch(() => null);
  if (link !== mine) return undefined; // the user was faster
  link = null;
  if (answer?.status === 401) {
    showStatus('Not connected', 'off');
    return showJoin('token', token ? 'This token is not the right one.' : 'This chat needs a token.');
  }
  if (answer?.status === 403) return showStatus(REFUSALS[403], 'off', 'Try now');
  return retry(REFUSALS[answer?.status] ?? 'No server answers.');
}

function retry(why) {
  const seconds = backOff(tries, Math.random());
  tries += 1;
  showStatus(`${why} Trying again in ${seconds} s…`, 'wait', 'Try now');
  retryTimer = setTimeout(connect, seconds * 1000);
}

function say(text) {
  if (!link?.joined) {
    showProblem('text', OFFLINE);
    return false;
  }
  const mine = link;
  const ref = transmit({type: 'message', text});
  if (makesEvent(text)) {
    unconfirmed.set(ref, {text, state: 'sent'});
    setTimeout(() => { if (link === mine && unconfirmed.get(ref)?.state === 'sent') abandon(); }, PATIENCE);
  }
  return true;
}

// One page of history, or null when the connection broke or the server refused.
function ask(after, limit) {
  const mine = link;
  const request = () => new Promise((done) => {
    if (!mine || link !== mine) return done(null);
    const asked = {
      answer(events) { mine.asked = null; done(events); },
      repeat() { if (link === mine) asked.ref = transmit({type: 'history', after, limit}); },
    };
    mine.asked = asked;
    return asked.repeat();
  });
  asking = asking.then(request);
  return asking;
}

// After the replay: fill what it did not reach back to, then say which lines of ours it did not confirm.
async function catchUp() {
  const mine = link;
  offerOlder(false);
  let page = await ask(mine.newest, 1); // its answer comes after the replay, whatever it holds
  while (page && !mine.whole && seat.last < mine.first - 1) {
    page = await ask(seat.last, PAGE);
    if (page) fillUp(page, mine.first);
    await pause(PACE);
  }
  if (!page || link !== mine) return;
  mine.whole = true;
  seat.last = Math.max(seat.last, mine.last);
  settle();
  for (const line of unconfirmed.values()) if (line.state === 'waiting') line.state = 'lost';
  showUnsent();
  offerOlder();
}

function fillUp(page, end) {
  keepingPosition(() => page.filter(({id}) => id < end).forEach((event) => {
    settleOwn(event);
    showEvent(event, false);
  }));
  seat.last = page.at(-1)?.id ?? end;
}

function offerOlder(possible = true) {
  const button = ui['load-older'];
  const focused = document.activeElement === button;
  keepingPosition(() => { button.hidden = !possible || talk.first <= talk.oldest; });
  if (focused && button.hidden) ui.log.focus();
}

function olderInView() {
  const button = ui['load-older'];
  return !button.hidden && button.getBoundingClientRect().bottom > ui.log.getBoundingClientRect().top;
}

// One id may bear the leaving of many, so a page may end before the events that are shown begin.
async function askUpTo(after, first) {
  const events = [];
  for (let last = after; last < first - 1; last = events.at(-1).id) {
    if (events.length) await pause(PACE);
    const page = await ask(last, PAGE);
    if (!page) return null;
    events.push(...page);
    if (page.length < PAGE) break;
  }
  return events;
}

async function loadOlder() {
  if (talk.loading) return;
  talk.loading = true;
  for (let page = []; page && link?.joined && olderInView(); await pause(PACE)) {
    const after = Math.max(talk.oldest - 1, talk.first - 1 - PAGE);
    const first = talk.first;
    page = await askUpTo(after, first);
    if (!page || first !== talk.first) continue;
    keepingPosition(() => {
      page.filter(({id}) => id < first).forEach((event) => showEvent(event, false));
      talk.first = after + 1;
      offerOlder();
    });
  }
  talk.loading = false;
}

// ---------------------------------------------------------------- what the user does

ui['join-view'].addEventListener('submit', (event) => {
  event.preventDefault();
  showProblem('name', '');
  showProblem('token', '');
  if (!ui.name.value.trim()) return showJoin('name', 'Please enter a name.');
  if (!ui['token-row'].hidden) stored('chat-token', token = ui.token.value.trim());
  if (link?.refused) return join();
  return link || connect();
});

ui.composer.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = ui.text.value.trim();
  const extra = countPoints(text) - MAX_TEXT;
  ui.text.focus();
  if (extra > 0) return showProblem('text', `Not sent: ${plural(extra, 'character')} too many. ${MAX_TEXT} are allowed.`);
  if (!text || !say(text)) return undefined;
  ui.text.value = '';
  return showLength();
});

ui.text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.isComposing) return;
  event.preventDefault();
  ui.composer.requestSubmit();
});

ui.text.addEventListener('input', () => {
  const {value, selectionStart} = ui.text;
  if (oneLine(value) !== value) {
    ui.text.value = oneLine(value);
    ui.text.setSelectionRange(selectionStart, selectionStart);
  }
  showLength();
});

// Neither new lines nor another height of the log mean that the reader left the end: only scrolling up does.
ui.log.addEventListener('scroll', () => {
  if (atBottom()) toBottom();
  else if (ui.log.scrollTop < talk.top && ui.log.clientHeight === talk.height) talk.following = false;
  talk.top = ui.log.scrollTop;
});

ui['new-messages'].addEventListener('click', () => {
  toBottom();
  ui.log.focus();
});

ui['members-toggle'].addEventListener('click', () => {
  const open = ui['members-panel'].classList.toggle('open');
  ui['members-toggle'].setAttribute('aria-expanded', String(open));
});

ui.leave.addEventListener('click', () => {
  clearTimeout(retryTimer);
  const left = link;
  link = null;
  left?.socket.close(1000);
  left?.asked?.answer(null);
  Object.assign(seat, {journal: null, session: null});
  unconfirmed.clear();
  showUnsent();
  clearLog();
  remember();
  showStatus('You left the chat', 'off');
  showJoin();
});

ui.again.addEventListener('click', () => {
  connect();
  (ui['chat-view'].hidden ? ui.name : ui.text).focus();
});
ui['load-older'].addEventListener('click', loadOlder);
new IntersectionObserver(loadOlder, {root: ui.log}).observe(ui['load-older']);
new ResizeObserver(() => { if (talk.following) toBottom(); }).observe(ui.log);
window.addEventListener('online', () => { if (!ui.again.hidden && ui.status.dataset.state === 'wait') connect(); });

function start() {
  const url = new URL(location.href);
  token = url.searchParams.get('token') ?? stored('chat-token') ?? '';
  if (url.searchParams.has('token')) {
    stored('chat-token', token);
    url.searchParams.delete('token');
    window.history.replaceState(null, '', url);
  }
  Object.assign(seat, stored('chat-seat'));
  ui.name.value = seat.name;
  if (!seat.session) return ui.name.focus();
  showView(false);
  return connect();
}

start();
