/** @jsxImportSource solid-js */
import 'async-playground/types/solid';

export const right = () => <async-playground exercise="ttl-cache" on:verdict={({ detail }) => console.log(detail.report.verdict)} />;
// @ts-expect-error the exercise is missing
export const wrong = () => <async-playground theme="dark" />;
