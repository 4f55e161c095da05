'use client';

import { Playground } from 'async-playground/react';
import { useState } from 'react';

export function Lesson({ fallback }: { fallback: string }) {
  const [verdict, setVerdict] = useState('none');
  return (
    <>
      <Playground exercise="health-check" fallback={fallback} onVerdict={({ detail }) => setVerdict(detail.report.verdict)} />
      <p id="verdict">{verdict}</p>
    </>
  );
}
