export default function Page() {
  return (
    <main>
      <h1>Plain</h1>
      <async-playground exercise="request-timeout" compact />
    </main>
  );
}
