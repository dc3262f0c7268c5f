// Node's `ws`: its documentation's way to broadcast. NODE_PATH says where the package is.
const { WebSocketServer } = require('ws');

const members = new Set();
let id = 0;

const server = new WebSocketServer(
  { host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 2048 },
  () => console.log(`Server started on ws://127.0.0.1:${server.address().port}`),
);
server.on('connection', (connection) => {
  connection.on('close', () => members.delete(connection));
  connection.on('message', (raw) => {
    const message = JSON.parse(raw);
    if (message.type === 'join') {
      members.add(connection);
      connection.send('{"type":"welcome"}');
      return;
    }
    id += 1;
    const { text, ref } = message;
    const time = Date.now() / 1000;
    const said = JSON.stringify({ type: 'message', id, time, name: 'somebody', text, ref });
    for (const member of members) member.send(said);
  });
});
process.on('SIGTERM', () => process.exit());
