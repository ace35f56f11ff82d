"use strict";

const MOST_SHOWN = 50;
const LONGEST_WAIT = 30_000; // milliseconds

const connection = document.getElementById("connection");
const news = document.getElementById("news");
const list = document.getElementById("posts");
const shown = new Set();
let attempts = 0;
let timer;
let socket;

// `textContent` shows a text as it is: a title `<script>` stays a title.
function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function show(post) {
  if (shown.has(post.id)) return false;
  shown.add(post.id);
  const item = document.createElement("li");
  item.append(element("h2", post.title));
  const time = new Date(post.created_at).toLocaleString();
  item.append(element("p", `${post.author.username}, ${time}`));
  if (post.image_url) {
    const image = document.createElement("img");
    image.src = post.image_url.slice(1); // below the page's own address
    image.alt = "";
    item.append(image);
  }
  list.prepend(item);
  if (list.children.length > MOST_SHOWN) list.lastChild.remove();
  return true;
}

// The list, as it is now: also without the posts that somebody has deleted.
async function catchUp(opened) {
  const response = await fetch(`api/v1/posts?size=${MOST_SHOWN}`);
  const { items } = await response.json();
  if (opened !== socket) return; // the next connection reads the list itself
  shown.clear();
  list.replaceChildren();
  items.reverse().forEach(show);
  attempts = 0;
}

function disconnect() {
  clearTimeout(timer);
  if (!socket) return;
  socket.onclose = null;
  socket.close();
}

function connect() {
  disconnect();
  const address = new URL("ws", document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  const opened = new WebSocket(address);
  let caughtUp;
  socket = opened;
  socket.onopen = () => {
    connection.textContent = "Connected: new posts appear here.";
    caughtUp = catchUp(opened);
    caughtUp.catch(() => opened.close());
  };
  socket.onmessage = async ({ data }) => {
    await caughtUp;
    const { type, post } = JSON.parse(data);
    if (type === "post.created" && show(post)) {
      news.textContent = `New post: ${post.title}, by ${post.author.username}`;
    }
  };
  socket.onclose = reconnect;
}

// Each attempt waits up to twice as long as the one before. Chance spreads the clients: a server
// that comes back does not meet all of them at once.
function reconnect() {
  connection.textContent = "Offline. Trying to connect again …";
  const longest = Math.min(LONGEST_WAIT, 1000 * 2 ** attempts);
  attempts += 1;
  timer = setTimeout(connect, longest * (0.5 + Math.random() / 2));
}

window.addEventListener("offline", () => {
  disconnect();
  connection.textContent = "Offline. Waiting for the network …";
});
window.addEventListener("online", connect);
connect();
