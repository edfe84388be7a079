/* tslint:disable */
/* eslint-disable */

export class MessageSerializer {
    free(): void;
    [Symbol.dispose](): void;
    batchDeserialize(texts: string[]): any[];
    batchSerialize(values: any[]): string;
    /**
     * Empties the buffer and gives all its memory back.
     */
    cleanup(): void;
    clearBuffer(): void;
    deserializeMessage(text: string): any;
    /**
     * Bytes that the buffer has reserved, full or empty.
     */
    getBufferCapacity(): number;
    /**
     * Bytes that the buffer holds.
     */
    getBufferSize(): number;
    isValidJson(text: string): boolean;
    constructor();
    serializeMessage(value: any): string;
}

export class RegexEngine {
    free(): void;
    [Symbol.dispose](): void;
    cleanup(): void;
    clearBuffer(): void;
    getBufferSize(): number;
    has_match(text: string): boolean;
    /**
     * The numbers of the patterns that match. Refuses a text with a line break.
     */
    match_indices(text: string): Uint32Array;
    constructor(patterns: string[]);
}

export class StateSerializer {
    free(): void;
    [Symbol.dispose](): void;
    cleanup(): void;
    clearBuffer(): void;
    getBufferSize(): number;
    /**
     * Bytes that the state would take.
     */
    getStateSize(state: any): number;
    constructor(compact: boolean);
    serializeState(state: any): string;
    statesEqual(one: string, other: string): boolean;
}

export function quickDeserialize(text: string): any;

export function quickSerialize(value: any): string;
