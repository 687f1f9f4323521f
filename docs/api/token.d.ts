// edges/tokenclient/index.d.ts
export { tokenSource, type Mint, type MintAnswer, type TokenSource, type TokenSourceOptions, type TokenState, } from './token-source.ts';
export { deviceMint, type Device, type DeviceMint, type Wanted } from './device-mint.ts';
export { posterTo, type Answer, type Post } from './post.ts';
export { enrolByCode, enrolByInvitation, enrolInBrowser, type Enrolling, type Enrolment, type EnrolmentOptions, } from './enrolment.ts';
export { readIssuer, readKeys, type Issuer } from './issuer.ts';

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
import { type AuthorizationDetail, type PublicJwk, type Sign } from '#token';
import type { KeyObject } from 'node:crypto';
import type { Post } from './post.ts';
import type { MintAnswer } from './token-source.ts';
/** An enrolled device as it is known here. Its key stays where it is. */
export interface Device {
    readonly issuer: string;
    /** Absolute. */
    readonly tokenEndpoint: string;
    readonly jwk: PublicJwk;
    readonly sign: Sign;
    readonly attestation: string;
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

// edges/tokenclient/enrolment.d.ts
import { type Clock, type Random } from '#base';
import { type PublicJwk, type Sign } from '#token';
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

// edges/tokenclient/issuer.d.ts
import type { KeyObject } from 'node:crypto';
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
/** The issuer's keys by their ids. Keys of other kinds are left out. @throws Fault `issuer-unreachable`, `issuer-refused` */
export declare function readKeys({ jwks }: Pick<Issuer, 'jwks'>, ca?: string): Promise<Map<string, KeyObject>>;
/** What is not a JSON object says nothing. The parser's own message would quote it. @param body Attacker-controlled. */
export declare function membersOf(body: string): Readonly<Record<string, unknown>>;
