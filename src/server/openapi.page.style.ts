/** Adds to the style sheet of Swagger UI, which has a dark theme of its own but no layout for narrow screens. */
export const PAGE_STYLE = `body { margin: 0; background: #fafafa }
@media (prefers-color-scheme: dark) { body { background: #1c2022 } }
html.dark-mode .swagger-ui .headers td, html.dark-mode .swagger-ui .headers th,
html.dark-mode .swagger-ui .examples-select__section-label { color: #e4e6e6 }
.swagger-ui .response-col_links { display: none !important }
@media (max-width: 640px) {
  .swagger-ui { overflow-x: clip }
  .swagger-ui .wrapper { padding: 0 10px }
  .swagger-ui table.parameters, .swagger-ui table.parameters > tbody, .swagger-ui table.parameters > tbody > tr,
  .swagger-ui table.parameters > tbody > tr > td, .swagger-ui table.responses-table,
  .swagger-ui table.responses-table > tbody, .swagger-ui table.responses-table > tbody > tr,
  .swagger-ui table.responses-table > tbody > tr > td { display: block; width: auto; max-width: none; padding-left: 0 }
  .swagger-ui table.parameters > thead, .swagger-ui table.responses-table > thead { display: none }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap }
  .swagger-ui .opblock-body pre.microlight, .swagger-ui .highlight-code > .microlight { max-height: 60vh; overflow: auto }
  /* Swagger UI sets the style of these elements itself. */
  .swagger-ui .microlight code, .swagger-ui .microlight span, .swagger-ui .microlight {
    white-space: pre-wrap !important; overflow-wrap: anywhere
  }
}
`;
