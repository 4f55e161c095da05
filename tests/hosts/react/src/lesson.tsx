import { Playground } from 'async-playground/react';
import { useState } from 'react';

export function Lesson() {
  const [verdict, setVerdict] = useState('none');
  return (
    <main>
      <h1>Lesson</h1>
      <Playground exercise="ttl-cache" settings={{ callers: 8 }} compact={false} autorun className="wide" onVerdict={({ detail }) => setVerdict(detail.report.verdict)} />
      <p id="verdict">{verdict}</p>
    </main>
  );
}
