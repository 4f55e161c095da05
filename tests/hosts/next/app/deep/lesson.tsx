'use client';

import { Playground } from 'async-playground/react';
import { useState } from 'react';

export function Lesson() {
  const [verdict, setVerdict] = useState('none');
  return (
    <>
      <Playground exercise="health-check" onVerdict={({ detail }) => setVerdict(detail.report.verdict)} />
      <p id="verdict">{verdict}</p>
    </>
  );
}
