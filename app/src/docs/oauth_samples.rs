//! The whole flow in each language of the samples: verifier, address, exchange, call.

use super::highlight::{Syntax, highlight};
use crate::ui::CodeSample;
use crate::visitor::SampleLanguage;

/// `issuer` and `api` are this installation's addresses.
pub fn samples(issuer: &str, api: &str) -> Vec<CodeSample> {
    let sample = |language| {
        let (code, syntax) = match language {
            SampleLanguage::Curl => (CURL, Syntax::Shell),
            SampleLanguage::Go => (GO, Syntax::Go),
            SampleLanguage::TypeScript => (TYPESCRIPT, Syntax::TypeScript),
            SampleLanguage::Python => (PYTHON, Syntax::Python),
        };
        let code = code.replace("{issuer}", issuer).replace("{api}", api);
        CodeSample { language, html: highlight(syntax, &code), code }
    };
    SampleLanguage::ALL.map(sample).into()
}

const CURL: &str = r#"# 1. code_verifier, code_challenge
VERIFIER=$(openssl rand 32 | basenc --base64url | tr -d '=')
CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | basenc --base64url | tr -d '=')

# 2. browser:
echo "{issuer}/oauth/authorize?response_type=code&client_id=$CLIENT_ID\
&redirect_uri=https%3A%2F%2Fyourapp.example%2Fcallback&scope=journey:read%20profile:read\
&state=$(openssl rand -hex 16)&code_challenge=$CHALLENGE&code_challenge_method=S256"

# 3. code -> tokens
curl --fail-with-body '{issuer}/oauth/token' \
  --data-urlencode 'grant_type=authorization_code' \
  --data-urlencode "code=$CODE" \
  --data-urlencode 'redirect_uri=https://yourapp.example/callback' \
  --data-urlencode "client_id=$CLIENT_ID" \
  --data-urlencode "code_verifier=$VERIFIER"

# 4.
curl --fail-with-body '{api}/open-api/v1/user/profile' -H "Authorization: Bearer $ACCESS_TOKEN"

# 5. refresh: the old refresh token is spent, keep the new one
curl --fail-with-body '{issuer}/oauth/token' \
  --data-urlencode 'grant_type=refresh_token' \
  --data-urlencode "refresh_token=$REFRESH_TOKEN" \
  --data-urlencode "client_id=$CLIENT_ID"

# 6. revoke
curl --fail-with-body '{issuer}/oauth/revoke' \
  --data-urlencode "token=$REFRESH_TOKEN" --data-urlencode "client_id=$CLIENT_ID""#;

const GO: &str = r#"import "golang.org/x/oauth2"

config := &oauth2.Config{
    ClientID:    clientID,
    RedirectURL: "https://yourapp.example/callback",
    Scopes:      []string{"journey:read", "profile:read"},
    Endpoint: oauth2.Endpoint{
        AuthURL:  "{issuer}/oauth/authorize",
        TokenURL: "{issuer}/oauth/token",
    },
}

// 1. + 2. keep verifier and state in the session, redirect to address
verifier := oauth2.GenerateVerifier()
address := config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))

// 3. after the callback, once state was compared
token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
if err != nil {
    return err
}

// 4. refreshes by itself
answer, err := config.Client(ctx, token).Get("{api}/open-api/v1/user/profile")"#;

const TYPESCRIPT: &str = r#"import * as oauth from 'oauth4webapi';

const issuer = new URL('{issuer}');
const server = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' })
  .then((response) => oauth.processDiscoveryResponse(issuer, response));
const client = { client_id: clientId };

// 1. + 2. keep verifier and state in the session, redirect to address
const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const address = new URL(server.authorization_endpoint!);
address.search = new URLSearchParams({
  response_type: 'code', client_id: clientId, redirect_uri: 'https://yourapp.example/callback',
  scope: 'journey:read profile:read', state,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
}).toString();

// 3. on the callback page
const callback = oauth.validateAuthResponse(server, client, new URL(request.url), state);
const response = await oauth.authorizationCodeGrantRequest(
  server, client, oauth.None(), callback, 'https://yourapp.example/callback', verifier);
const tokens = await oauth.processAuthorizationCodeResponse(server, client, response);

// 4.
const profile = await oauth.protectedResourceRequest(
  tokens.access_token, 'GET', new URL('{api}/open-api/v1/user/profile'));"#;

const PYTHON: &str = r#"from authlib.integrations.requests_client import OAuth2Session
from authlib.common.security import generate_token

session = OAuth2Session(
    client_id, redirect_uri="https://yourapp.example/callback",
    scope="journey:read profile:read", code_challenge_method="S256",
    token_endpoint_auth_method="none",
)

# 1. + 2. keep verifier and state in the session, redirect to address
verifier = generate_token(48)
address, state = session.create_authorization_url(
    "{issuer}/oauth/authorize", code_verifier=verifier)

# 3. on the callback page
session.fetch_token(
    "{issuer}/oauth/token", authorization_response=request_url,
    state=state, code_verifier=verifier)

# 4.
profile = session.get("{api}/open-api/v1/user/profile").json()"#;
