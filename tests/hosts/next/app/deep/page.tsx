import { Lesson } from './lesson';

// Rendered for each request; the first page is rendered by the build.
export const dynamic = 'force-dynamic';

export default function Page() {
  return (
    <main>
      <h1>Next</h1>
      <Lesson />
    </main>
  );
}
