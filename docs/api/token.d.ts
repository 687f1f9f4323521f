// edges/tokenclient/index.d.ts
export { tokenSource, type Mint, type MintAnswer, type TokenSource, type TokenSourceOptions, type TokenState, } from './token-source.ts';
export { deviceMint, type Device, type DeviceMint, type Wanted } from './device-mint.ts';
export { posterTo, type Answer, type Post } from './post.ts';

// edges/tokenclient/token-source.d.ts
import { Fault, type Clock, type Milliseconds, type Random } from '#base';
/** What asking for a token came to. A refusal is a value; only `device-revoked` is final. */
export type MintAnswer = {
    readonly token: string;
    readonly life: Milliseconds;
} | {
    readonly fault: Fault;
    readonly retryAfter?: Milliseconds | undefined;
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
