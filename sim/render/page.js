'use strict';
// What a page of sspilab does: tokens unfold to their fields and bytes, calls
// and the steps of their machines point at each other, runs unfold.
(() => {
  const tokens = JSON.parse(document.getElementById('tokens').textContent);

  const make = (tag, css, ...children) => {
    const element = document.createElement(tag);
    element.className = css;
    element.append(...children);
    return element;
  };

  // Keeps what `box` shows of its content where `element` is to be seen.
  const reveal = (box, element) => {
    const outer = box.getBoundingClientRect();
    const inner = element.getBoundingClientRect();
    if (inner.top < outer.top || inner.bottom > outer.bottom) {
      box.scrollTop += inner.top - outer.top - outer.height / 3;
    }
  };

  // One part of a token: its fields, its bytes, and which of them is selected.
  const makePart = (part, perLine) => {
    const bytes = part.bytes.match(/../g) || [];
    const changed = new Set(part.changed);
    const fields = make('div', 'fields');
    const dump = make('div', 'hex');
    const cells = [];  // By byte: its two places in the dump.
    const rows = [];   // By field.
    fields.setAttribute('role', 'listbox');
    fields.setAttribute('aria-label', 'fields');
    dump.setAttribute('aria-label', 'bytes');

    for (let at = 0; at < bytes.length; at += perLine) {
      const hex = make('span', 'bytes');
      const text = make('span', 'text');
      for (let i = at; i < Math.min(at + perLine, bytes.length); ++i) {
        const code = parseInt(bytes[i], 16);
        const shown = code > 0x20 && code < 0x7f ? String.fromCharCode(code) : '·';
        const css = changed.has(i) ? 'changed' : '';
        cells.push([make('i', css, bytes[i]), make('i', css, shown)]);
        cells[i].forEach((cell) => { cell.dataset.byte = i; });
        hex.append(cells[i][0]);
        text.append(cells[i][1]);
      }
      const offset = at.toString(16).padStart(4, '0');
      dump.append(make('div', 'line', make('span', 'offset', offset), hex, text));
    }

    // The innermost field of each byte: the smallest one that holds it, of
    // equal ones the deepest.
    const owner = bytes.map(() => -1);
    part.fields.forEach(([, , , offset, size, isBit], index) => {
      for (let i = offset; i < Math.min(offset + size, bytes.length); ++i) {
        const other = part.fields[owner[i]];
        if (!isBit && (!other || size <= other[4])) owner[i] = index;
      }
    });

    const paint = (css, index) => {
      cells.flat().concat(rows).forEach((element) => element.classList.remove(css));
      if (index < 0) return;
      const [, , , offset, size] = part.fields[index];
      rows[index].classList.add(css);
      cells.slice(offset, offset + size).flat().forEach((cell) => cell.classList.add(css));
    };
    const select = (index) => {
      if (index < 0) return;
      paint('selected', index);
      rows.forEach((row, i) => {
        row.tabIndex = i === index ? 0 : -1;
        row.setAttribute('aria-selected', i === index);
      });
      reveal(fields, rows[index]);
      const first = cells[part.fields[index][3]];
      if (first) reveal(dump, first[0]);
    };

    part.fields.forEach(([depth, name, value, offset, size], index) => {
      const title = make('span', 'title', name);
      title.style.paddingLeft = `${depth * 0.9}em`;
      const row = make('div', value ? 'field' : 'field bare', title,
                       ...(value ? [make('span', 'value', value)] : []),
                       make('span', 'place', size ? `${offset}+${size}` : `${offset}`));
      row.title = value;
      row.setAttribute('role', 'option');
      row.tabIndex = index === 0 ? 0 : -1;
      row.addEventListener('mouseenter', () => paint('hot', index));
      row.addEventListener('click', () => { select(index); row.focus(); });
      row.addEventListener('focus', () => select(index));
      rows.push(row);
      fields.append(row);
    });
    fields.addEventListener('mouseleave', () => paint('hot', -1));
    fields.addEventListener('keydown', (event) => {
      const at = rows.indexOf(document.activeElement);
      const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1}[event.key];
      if (to === undefined || !rows[to]) return;
      event.preventDefault();
      rows[to].focus();
    });
    const ofByte = (event) => {
      const byte = event.target.dataset.byte;
      return byte === undefined ? -1 : owner[byte];
    };
    dump.addEventListener('mouseover', (event) => paint('hot', ofByte(event)));
    dump.addEventListener('mouseleave', () => paint('hot', -1));
    dump.addEventListener('click', (event) => select(ofByte(event)));

    const heading = make('h3', '', part.title, make('span', 'faint', ` · ${bytes.length} bytes`));
    const section = make('section', part.fields.length < 4 ? 'part opaque' : 'part', heading);
    if (part.error) section.append(make('p', 'bad', `malformed ${part.error}`));
    section.append(make('div', 'split', fields, dump));
    return section;
  };

  const unfold = (button, open) => {
    const message = button.parentElement;
    let panel = message.querySelector('.panel');
    if (open && !panel) {
      panel = make('div', 'panel');
      const perLine = message.clientWidth > 900 ? 16 : 8;
      panel.append(...tokens[button.dataset.token].map((part) => makePart(part, perLine)));
      message.append(panel);
    }
    if (panel) panel.hidden = !open;
    button.setAttribute('aria-expanded', open);
    message.classList.toggle('open', open);
  };

  // What belongs to these calls stands out.
  const light = (calls) => {
    document.querySelectorAll('.lit').forEach((element) => element.classList.remove('lit'));
    for (const call of calls) {
      document.querySelectorAll(`[data-call="${call}"], [data-calls~="${call}"]`)
          .forEach((element) => element.classList.add('lit'));
    }
    const edge = document.querySelector('.edge.lit');
    const aside = edge && edge.closest('aside');
    if (aside) reveal(aside, edge);
  };
  const point = (event) => {
    const call = event.target.closest('[data-call]');
    const edge = event.target.closest('[data-calls]');
    light(call ? [call.dataset.call] : edge ? edge.dataset.calls.split(' ') : []);
  };

  document.addEventListener('mouseover', point);
  document.addEventListener('focusin', point);
  const tell = (text) => {
    const about = document.getElementById('about');
    about.hidden = !text;
    about.textContent = text;
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.dataset.token) {
      unfold(button, button.getAttribute('aria-expanded') !== 'true');
    } else if (button.classList.contains('all')) {
      const all = [...button.closest('.ladder').querySelectorAll('[data-token]')];
      const open = all.some((other) => other.getAttribute('aria-expanded') !== 'true');
      all.forEach((other) => unfold(other, open));
      button.textContent = open ? 'fold all tokens' : 'unfold all tokens';
    } else if (button.classList.contains('cell')) {
      tell(button.title);
    } else if (button.id === 'theme') {
      const root = document.documentElement;
      const now = root.dataset.theme ||
          (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
      root.dataset.theme = now === 'dark' ? 'light' : 'dark';
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && event.target.matches('.cell')) tell('');
    const message = event.key === 'Escape' && event.target.closest('.message.open');
    if (!message) return;
    const button = message.querySelector('[data-token]');
    unfold(button, false);
    button.focus();
  });
  document.addEventListener('toggle', (event) => {
    const template = event.target.querySelector(':scope > template');
    if (template) template.replaceWith(template.content);
  }, true);
})();
