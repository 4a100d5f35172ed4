// Verifies credentials by Digital Bazaar's implementation, which shares nothing with Jangbu. Offline: contexts come
// from packages. usage: node check.mjs FILE... ; prints one JSON list of {file, verified, error}.
import {readFileSync} from 'node:fs';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import * as DidKey from '@digitalbazaar/did-method-key';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';

// Of the W3C: terms without a definition get one made from their name.
const UNDEFINED_TERMS = {'@context': {'@vocab': 'https://www.w3.org/ns/credentials/undefined-term#'}};

const didKey = DidKey.driver();
didKey.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});

async function documentLoader(url) {
  if(url.startsWith('did:key:')) {
    return {documentUrl: url, document: await didKey.get({url}), contextUrl: null};
  }
  if(url === 'https://www.w3.org/ns/credentials/undefined-terms/v2') {
    return {documentUrl: url, document: UNDEFINED_TERMS, contextUrl: null};
  }
  return vc.defaultDocumentLoader(url);
}

const results = [];
for(const file of process.argv.slice(2)) {
  try {
    const credential = JSON.parse(readFileSync(file, 'utf8'));
    const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
    const {verified, error} = await vc.verifyCredential({credential, suite, documentLoader});
    const why = error?.errors?.map(e => e.message).join('; ') ?? error?.message ?? null;
    results.push({file, verified, error: why});
  } catch(e) {
    results.push({file, verified: false, error: e.message});
  }
}
console.log(JSON.stringify(results));
