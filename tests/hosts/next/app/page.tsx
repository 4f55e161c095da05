import Link from 'next/link';
import { Playground } from 'async-playground/react';
import fallback from 'async-playground/fragments/ttl-cache';

export default function Page() {
  return (
    <main>
      <h1>Lesson</h1>
      <Playground exercise="ttl-cache" settings={{ callers: 8 }} fallback={fallback} />
      <Link href="/deep/">Next</Link>
    </main>
  );
}
