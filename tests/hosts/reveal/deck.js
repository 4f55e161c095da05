import Reveal from './reveal/reveal.mjs';

const deck = new Reveal({ hash: true, transition: 'none' });
void deck.initialize();
for (const event of ['ready', 'verdict']) document.addEventListener(event, () => deck.layout());
