/** The script of the API's page. Its content security policy allows no inline script. */
export const PAGE_SCRIPT = `'use strict';
(() => {
  const folder = new URL('.', document.currentScript.src);

  const dark = matchMedia('(prefers-color-scheme: dark)');
  const followScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', followScheme);
  followScheme();

  const withProps = (change) => (Original, { React }) => (props) =>
    React.createElement(Original, { ...props, ...change(props) });

  const inDialog = (Original, { React }) => (props) =>
    React.createElement('div', { role: 'dialog', 'aria-modal': true, 'aria-label': 'Available authorizations' },
      React.createElement(Original, props));

  /** The command line of a call is copied and shared, so it does not contain the token. */
  const withoutToken = ({ request }) =>
    request.hasIn(['headers', 'Authorization'])
      ? { request: request.setIn(['headers', 'Authorization'], 'Bearer MANAGEMENT_TOKEN') }
      : {};

  const tokenField = ({ id }) => (id === 'auth-bearer-value' ? { type: 'password', autoComplete: 'off' } : {});

  const improvements = {
    wrapComponents: {
      Input: withProps(tokenField),
      curl: withProps(withoutToken),
      authorizationPopup: inDialog,
    },
  };

  /** After a project is created, the examples of tokens name this project. */
  const useProject = (id) => {
    const text = ui.specSelectors.specStr();
    ui.specActions.updateSpec(text.replace(/("project_id": *")[0-9a-f-]{36}/g, '$1' + id));
  };

  const responseInterceptor = (response) => {
    const isNewProject = response.status === 201 && response.url.endsWith('/manage/projects');
    if (isNewProject) setTimeout(useProject, 0, response.body.id);
    return response;
  };

  const ui = SwaggerUIBundle({
    dom_id: '#swagger-ui',
    url: new URL('json', folder).href,
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    plugins: [improvements],
    responseInterceptor,
  });
})();
`;
