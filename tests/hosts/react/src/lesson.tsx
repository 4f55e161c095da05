import { useState } from 'react';

export function Lesson() {
  const [verdict, setVerdict] = useState('none');
  return (
    <main>
      <h1>Lesson</h1>
      <async-playground exercise="ttl-cache" settings={{ callers: 8 }} compact={false} autorun className="wide" onVerdict={({ detail }) => setVerdict(detail.report.verdict)} />
      {/* A key after spread properties calls `createElement`. */}
      <p {...{ id: 'verdict' }} key="verdict">{verdict}</p>
    </main>
  );
}
