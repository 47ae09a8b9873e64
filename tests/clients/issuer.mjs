// An OpenID provider (oidc-provider) on a port of its own, which signs anyone in without asking.
//
//     node issuer.mjs FOLDER_OF_NODE_MODULES RESOURCE
//
// Prints its issuer URL, then serves until it is killed. `/grants?scope=…` sets the scopes of its access tokens.

import { createRequire } from "node:module";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [folder, resource] = process.argv.slice(2);
const entry = createRequire(`${folder}/`).resolve("oidc-provider");
const { default: Provider } = await import(pathToFileURL(entry).href);

const SCOPES = "crashsight:read crashsight:write";
let granted = SCOPES;

const server = createServer();
server.listen(0, "127.0.0.1", () => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const provider = new Provider(issuer, {
        clients: [],
        cookies: { keys: ["a key of a test"] },
        pkce: { required: () => true },
        scopes: ["openid", "offline_access", ...SCOPES.split(" ")],
        findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
        loadExistingGrant: async (context) => {
            const { client, session } = context.oidc;
            const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
            grant.addOIDCScope(`openid offline_access ${SCOPES}`);
            const allowed = granted.split(" ");
            grant.addResourceScope(resource, allowed.filter((scope) => SCOPES.includes(scope)).join(" "));
            // What is refused is not asked for again.
            const refused = SCOPES.split(" ").filter((scope) => !allowed.includes(scope));
            if (refused.length > 0) grant.rejectResourceScope(resource, refused.join(" "));
            await grant.save();
            return grant;
        },
        // The issuer adds the projects of a person to what a client asked for.
        formats: { customizers: { jwt: (_context, _token, { payload }) => { payload.scope = granted; } } },
        interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
        features: {
            devInteractions: { enabled: false },
            registration: { enabled: true },
            resourceIndicators: {
                enabled: true,
                defaultResource: () => resource,
                useGrantedResource: () => true,
                getResourceServerInfo: () => ({
                    scope: SCOPES, audience: resource, accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } },
                }),
            },
        },
    });
    const respond = provider.callback();
    server.on("request", async (request, response) => {
        const url = new URL(request.url, issuer);
        if (url.pathname === "/grants") {
            granted = url.searchParams.get("scope");
            response.end();
        } else if (url.pathname.startsWith("/sign-in/")) {
            const result = { login: { accountId: "mei" }, consent: {} };
            await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
        } else {
            respond(request, response);
        }
    });
    console.log(issuer);
});
