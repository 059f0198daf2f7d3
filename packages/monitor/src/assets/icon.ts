/** The mark of the page, for the browser's tab. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18" fill="none" stroke="#5b74ea" stroke-width="2.2" stroke-linecap="round"><path d="M3 2v9a4.5 4.5 0 0 0 9 0V8.5M9.2 11 12 8.2l2.8 2.8M3 5.5h4"/></svg>`;
