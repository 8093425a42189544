"""Style sheet and script of the report."""

STYLE = """
:root { --ink: #23262d; --soft: #6b7078; --line: #e3e5e9; --paper: #f5f6f8; }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 4px 22px;
  align-items: center; padding: 10px 28px; background: #fff; border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 20px; }
header p { margin: 0; }
input { margin-left: auto; width: 300px; padding: 6px 12px; font: inherit;
  border: 1px solid var(--line); border-radius: 16px; }
main { max-width: 1240px; margin: 0 auto; padding: 18px 28px 60px; }
a { color: #2a5db0; text-decoration: none; }
a:hover { text-decoration: underline; }
.legend span { margin-right: 16px; white-space: nowrap; }
.legend i { display: inline-block; width: 12px; height: 12px; margin: 0 6px -1px 0;
  border-radius: 3px; }
.status { padding: 2px 10px; border-radius: 10px; font-size: 13px; font-weight: 500;
  background: #e8eaee; color: #555b66; }
.status.complete { background: #e0f2e5; color: #1e6a38; }
.status.rejected { background: #fbe4e1; color: #a02a1e; }
.status.flagged { background: #ffedc2; color: #7a4f00; }
.scroll { max-height: 420px; overflow: auto; margin-bottom: 24px; background: #fff;
  border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; }
th { position: sticky; top: 0; padding: 8px 12px; background: #fafbfc; text-align: left;
  font-size: 13px; color: var(--soft); cursor: pointer; white-space: nowrap; }
th:nth-child(n+3), td:nth-child(n+3) { text-align: right; font-variant-numeric: tabular-nums; }
td { padding: 5px 12px; border-top: 1px solid var(--line); }
article { margin-bottom: 22px; padding: 16px 22px; background: #fff; border: 1px solid var(--line);
  border-radius: 8px; scroll-margin-top: 70px;
  content-visibility: auto; contain-intrinsic-size: auto 760px; }
article.rejected, article.unfinished { contain-intrinsic-size: auto 360px; }
h2 { display: flex; gap: 12px; align-items: center; margin: 0 0 4px; font-size: 18px; }
.reason { margin: 0 0 4px; }
.note { margin: 0 0 4px; color: #8a5a00; }
.rejected .reason { color: #a02a1e; }
.figures { display: flex; flex-wrap: wrap; gap: 0 22px; margin: 0 0 8px; padding: 0;
  list-style: none; color: var(--soft); font-size: 14px; }
.bar { display: flex; height: 10px; overflow: hidden; border-radius: 5px; background: var(--line); }
.words { margin: 3px 0 12px; color: var(--soft); font-size: 13px; }
figure { margin: 0; }
figure img { display: block; max-width: 100%; height: 215px; object-fit: contain;
  border-radius: 4px; }
figure.wide { margin-bottom: 12px; }
figure.wide img { width: 100%; height: auto; min-height: 120px; }
.wide figcaption { display: none; }
figcaption { color: var(--soft); font-size: 13px; }
.row { display: flex; flex-wrap: wrap; gap: 14px; }
.flag { align-self: center; max-width: 240px; margin: 0; padding: 10px 14px; border-radius: 8px;
  background: #ffedc2; color: #7a4f00; }
.downloads { margin: 8px 0 0; font-size: 14px; }
[hidden] { display: none; }
"""

# Typing filters rows and cards; a click on a column's title sorts, blanks last.
SCRIPT = """
const filter = document.getElementById('filter');
filter.addEventListener('input', () => {
  const words = filter.value.toLowerCase().split(' ');
  for (const item of document.querySelectorAll('[data-text]'))
    item.hidden = !words.every(word => item.dataset.text.includes(word));
});
const body = document.querySelector('tbody');
document.querySelectorAll('th').forEach((title, column) => {
  let direction = -1;
  title.addEventListener('click', () => {
    direction = -direction;
    const key = row => row.cells[column].textContent;
    const compare = (a, b) =>
      !key(a) || !key(b) ? !key(a) - !key(b)
      : direction * key(a).localeCompare(key(b));
    const number = (a, b) =>
      !key(a) || !key(b) ? !key(a) - !key(b) : direction * (key(a) - key(b));
    body.append(...[...body.rows].sort(column < 2 ? compare : number));
  });
});
"""
