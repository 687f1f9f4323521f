// edges/tokenclient/index.d.ts
export { tokenSource, type Mint, type MintAnswer, type TokenSource, type TokenSourceOptions, type TokenState, } from './token-source.ts';
export { deviceMint, type Device, type DeviceMint, type Wanted } from './device-mint.ts';
export { posterTo, type Answer, type Post } from './post.ts';
export { enrolByCode, enrolByInvitation, enrolInBrowser, type Enrolling, type Enrolment, type EnrolmentOptions, } from './enrolment.ts';
export { issuerKeys, readIssuer, type Issuer } from './issuer.ts';
export type { Renewed } from './renewing.ts';

// edges/tokenclient/token-source.d.ts
import { Fault, type Clock, type Milliseconds, type Random } from '#base';
/** What asking for a token came to. A refusal is a value; only `device-revoked` is final. */
export type MintAnswer = {
    readonly token: string;
    readonly life: Milliseconds;
} | {
    readonly fault: Fault;
    readonly retryAfter?: Milliseconds | undefined;
    /** What the issuer signed, with `device-revoked`. */
    readonly statement?: string;
};
/** Asks the issuer for one token. Must end by itself, and soon. */
export type Mint = () => Promise<MintAnswer>;
/**
 * `empty` nobody asked yet, or it was let lapse; `fresh`; `riding-out` it is good, but could not be renewed;
 * `expired` there is none, and none to be had now; `revoked` for good.
 */
export type TokenState = 'empty' | 'fresh' | 'riding-out' | 'expired' | 'revoked';
/** What a source is made of. */
export interface TokenSourceOptions {
    readonly mint: Mint;
    readonly clock: Clock;
    readonly random: Random;
}
/** One token for one place. */
export interface TokenSource {
    /** The token if it is good now; asks nobody, and takes under 100 ns. */
    cached(): string | undefined;
    /**
     * A good token; waits for the issuer only if there is none.
     * @throws Fault `issuer-unreachable` or `issuer-refused` while it backs off, and `device-revoked` ever after.
     */
    get(): Promise<string>;
    /** Forgets a token that was refused somewhere. Of many who were refused the same, only the first has an effect. */
    evict(token: string): void;
    /** For people. */
    state(): TokenState;
    /** Forgets all and asks no more. */
    close(): void;
}
/** Makes a source. The first token is minted when somebody asks. */
export declare function tokenSource(options: TokenSourceOptions): TokenSource;

// edges/tokenclient/device-mint.d.ts
import { type Clock, type Milliseconds, type Random } from '#base';
import { type AuthorizationDetail } from '#token';
import type { KeyObject } from 'node:crypto';
import type { Post } from './post.ts';
import { type Attested } from './renewing.ts';
import type { MintAnswer } from './token-source.ts';
/** An enrolled device as it is known here. Its key stays where it is. */
export interface Device extends Attested {
    /** Absolute. */
    readonly tokenEndpoint: string;
    /** Keys that the issuer is known by. @param kid Attacker-controlled. */
    readonly keyOf: (kid: string) => KeyObject | undefined;
    /** What the last mint handed on; must outlive this process. */
    readonly joinState: {
        readonly read: () => Promise<string | undefined>;
        readonly write: (state: string) => Promise<void>;
    };
}
/** What a token is wanted for. */
export interface Wanted {
    /** The one place that shall take it. */
    readonly resource: string;
    readonly scope: readonly string[];
    readonly details?: readonly AuthorizationDetail[];
    /** Only less than the issuer's own. */
    readonly life?: Milliseconds;
}
/** Mints for one device. */
export type DeviceMint = (wanted: Wanted) => Promise<MintAnswer>;
interface Surroundings {
    readonly post: Post;
    readonly clock: Clock;
    readonly random: Random;
}
/**
 * Makes the one minter of a device. Only a statement that the issuer signed about this key gives `device-revoked`;
 * whatever else is answered, nothing is deleted.
 */
export declare function deviceMint(device: Device, surroundings: Surroundings): DeviceMint;
export {};

// edges/tokenclient/post.d.ts
import { type IncomingHttpHeaders } from 'node:http';
/** What the issuer said. */
export interface Answer {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
}
/** Posts a form to one address. Redirects are answers like others: a proof is good for one address. */
export type Post = (headers: Readonly<Record<string, string>>, form: URLSearchParams) => Promise<Answer>;
/**
 * Connects to an address, over TLS unless it is on this machine.
 * @param ca PEM of the authorities to trust instead of the system's.
 * @throws Fault `usage` for an address that would send tokens in clear.
 */
export declare function posterTo(url: string, ca?: string): Post;
/** What is sent once. */
export interface Sent {
    readonly method: 'GET' | 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
}
/**
 * Sends one request to an address, as `posterTo` does, on a connection that is not kept.
 * @throws Fault `usage` for an address in clear; `issuer-unreachable`
 */
export declare function send(url: string, sent: Sent, ca?: string): Promise<Answer>;

// edges/tokenclient/renewing.d.ts
import { type Clock, type Random } from '#base';
import { type PublicJwk, type Sign } from '#token';
/** What an issuer gave for a key that it knew already. */
export interface Renewed {
    readonly attestation: string;
    /** What its tokens may be for, now. */
    readonly scope: string;
}
/** Whose attestation it is. */
export interface Attested {
    readonly issuer: string;
    /** Its id at the issuer. */
    readonly device: string;
    readonly jwk: PublicJwk;
    readonly sign: Sign;
    readonly attestation: string;
    /** Keeps another attestation of the same device; must outlive this process. */
    readonly keepAttestation: (renewed: Renewed) => Promise<void>;
    /** PEM of the authorities to trust instead of the system's. */
    readonly ca?: string | undefined;
}
interface Surroundings {
    readonly clock: Clock;
    readonly random: Random;
}
/** Whether there is a new one; or what the issuer says, signed, about the key instead. */
export type Renewal = {
    readonly isRenewed: true;
} | {
    readonly isRenewed: false;
    readonly statement: unknown;
};
/** Holds the attestation of one device. Nothing here deletes anything. */
export declare class Attesting {
    #private;
    constructor(device: Attested, surroundings: Surroundings);
    /** To be shown to the issuer. */
    get attestation(): string;
    /** The issuer took the attestation: the next renewal need not wait. */
    worked(): void;
    /** Renews it when two thirds of its life are over. What fails is tried again later: it is still good. */
    renewIfOld(): Promise<void>;
    /** Asks the issuer once; not again for a minute, then two, up to an hour. */
    renew(): Promise<Renewal>;
}
export {};

// edges/tokenclient/enrolment.d.ts
import { type Clock, type Random } from '#base';
import { type PublicJwk, type Sign } from '#token';
import { type Issuer } from './issuer.ts';
import { send, type Answer } from './post.ts';
/** Who enrols, and with what. */
export interface EnrolmentOptions {
    /** The issuer's address. */
    readonly issuer: string;
    /** How the person knows this device. */
    readonly label: string;
    readonly jwk: PublicJwk;
    readonly sign: Sign;
    readonly clock: Clock;
    readonly random: Random;
    /** PEM of the authorities to trust instead of the system's. */
    readonly ca?: string | undefined;
}
/** What an issuer gave: nothing of it is secret. */
export interface Enrolment {
    readonly issuer: string;
    readonly tokenEndpoint: string;
    readonly jwksUri: string;
    readonly device: string;
    readonly attestation: string;
    /** What its tokens may be for. */
    readonly scope: string;
}
/** An enrolment that waits for a person. */
export interface Enrolling {
    /** Where the person signs in; null where an invitation stands for that. */
    readonly url: string | null;
    /** To be typed there, on a device that has a browser; null where ours opens the page. */
    readonly userCode: string | null;
    /** Settles when the issuer has attested the key. @throws Fault `enrolment-failed`, `issuer-unreachable` */
    readonly done: Promise<Enrolment>;
    cancel(): void;
}
/**
 * Enrols by the system's browser: a code for a pushed request, bound to a verifier and to the device's key.
 * @throws Fault `issuer-unreachable`, `issuer-refused`, `usage`
 * @see RFC 8252; RFC 7636; RFC 9126; RFC 9449, section 10
 */
export declare function enrolInBrowser(options: EnrolmentOptions): Promise<Enrolling>;
/**
 * Enrols by an administrator's invitation, without anybody signing in.
 * @throws Fault `issuer-unreachable`, `issuer-refused`, `usage`
 */
export declare function enrolByInvitation(options: EnrolmentOptions, invitation: string): Promise<Enrolling>;
/**
 * Enrols without a browser here: a person types a code elsewhere.
 * @throws Fault `issuer-unreachable`, `issuer-refused`, `usage`
 * @see RFC 8628
 */
export declare function enrolByCode(options: EnrolmentOptions): Promise<Enrolling>;
/** One issuer that is asked with proofs of the key. */
type Session = Omit<EnrolmentOptions, 'issuer'> & {
    readonly issuer: Issuer;
    nonce: string | undefined;
};
/** Asks the issuer where its endpoints are. @throws Fault `issuer-unreachable`, `issuer-refused`, `usage` */
export declare function begin(options: EnrolmentOptions): Promise<Session>;
interface Said {
    readonly answer: Answer;
    readonly members: Readonly<Record<string, unknown>>;
}
/** Sends something with a proof of the key; once more with the nonce that the issuer wants. */
export declare function proved(session: Session, url: string, sent: (proof: string) => Parameters<typeof send>[1], accessToken?: string): Promise<Said>;
export {};

// edges/tokenclient/issuer.d.ts
import { type Clock } from '#base';
import { PublishedKeys } from '#token';
/** An issuer's own word on where things are. All lie at its own origin. */
export interface Issuer {
    readonly issuer: string;
    readonly token: string;
    /** Undefined where nobody signs in: then only invitations enrol. */
    readonly authorization: string | undefined;
    readonly pushed: string | undefined;
    readonly deviceCode: string | undefined;
    readonly enrolment: string;
    readonly jwks: string;
}
/**
 * Asks an issuer for its metadata.
 * @param url As the organisation gives it to its people.
 * @throws Fault `issuer-unreachable`, `usage`; `issuer-refused` if it calls itself something else, or sends us elsewhere.
 * @see RFC 8414, sections 3 and 3.3
 */
export declare function readIssuer(url: string, ca?: string): Promise<Issuer>;
/** The keys that an issuer publishes, asked for when one is named that is not known. */
export declare function issuerKeys(jwks: string, clock: Pick<Clock, 'monotonic'>, ca?: string): PublishedKeys;
/** What is not a JSON object says nothing. The parser's own message would quote it. @param body Attacker-controlled. */
export declare function membersOf(body: string): Readonly<Record<string, unknown>>;
