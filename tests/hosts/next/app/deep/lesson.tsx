'use client';

import { useState } from 'react';

export function Lesson() {
  const [verdict, setVerdict] = useState('none');
  return (
    <>
      <async-playground exercise="health-check" onVerdict={({ detail }) => setVerdict(detail.report.verdict)} />
      <p id="verdict">{verdict}</p>
    </>
  );
}
