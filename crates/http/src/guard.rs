//! What each route of our API asks of its caller. A route cannot be added without saying it: [`Routes`] takes routes in no
//! other way. What is said here is checked before the handler runs and shown in `/openapi.json`: `x-permission` says what an
//! app or a person must be allowed to do, and `x-caller` on all other operations who may call.
//!
//! Who the caller is was found out before (`identify`); a permission that is missing is 403 and names it, whereas
//! another tenant's id is 404, because a scope finds nothing of others. Handlers take the caller as an argument all the
//! same ([`TenantAuth`], [`UserAuth`](crate::extract::UserAuth), [`AdminAuth`](crate::extract::AdminAuth)): it is what
//! their scope and their audit entries are made of. That a handler forgot it no longer opens its route.

use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use switchboard_domain::role::Permission;
use utoipa::openapi::{
    OpenApi,
    extensions::ExtensionsBuilder,
    path::{Operation, PathItem, Paths},
    security::SecurityRequirement,
};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::{
    extract::{Caller, TenantAuth},
    problem::{Code, Problem},
    state::Web,
};

/// The routes of our API, each with what it asks for.
pub struct Routes {
    routes: OpenApiRouter<Web>,
    is_described: bool,
}

impl Routes {
    /// Routes and their description, which begins with `base`.
    pub fn described(base: OpenApi) -> Self {
        Self { routes: OpenApiRouter::with_openapi(base), is_described: true }
    }

    /// Routes for a server. Their description takes far more memory than they do, and few servers are ever asked for it.
    pub fn undescribed() -> Self {
        Self { routes: OpenApiRouter::new(), is_described: false }
    }

    /// Routes for callers who have this permission.
    #[must_use]
    pub fn may(self, permission: Permission, routes: UtoipaMethodRouter<Web>) -> Self {
        self.guarded(Need::Permission(permission), routes)
    }

    /// Routes for every caller who acts for a tenant, whatever the role.
    #[must_use]
    pub fn known(self, routes: UtoipaMethodRouter<Web>) -> Self {
        self.guarded(Need::Tenant, routes)
    }

    /// Routes for people who signed in, about themselves: whatever tenant they are in, and in none.
    #[must_use]
    pub fn person(self, routes: UtoipaMethodRouter<Web>) -> Self {
        self.guarded(Need::Person, routes)
    }

    /// Routes for who administers the installation: platform admins who signed in, and holders of its secret.
    #[must_use]
    pub fn platform(self, routes: UtoipaMethodRouter<Web>) -> Self {
        self.guarded(Need::Platform, routes)
    }

    /// Routes for strangers: the ways in. A test has the list of them.
    #[must_use]
    pub fn open(self, routes: UtoipaMethodRouter<Web>) -> Self {
        self.guarded(Need::Nothing, routes)
    }

    pub fn into_inner(self) -> OpenApiRouter<Web> {
        self.routes
    }

    fn guarded(self, need: Need, (mut schemas, mut paths, methods): UtoipaMethodRouter<Web>) -> Self {
        if self.is_described {
            need.describe(&mut paths);
        } else {
            schemas.clear();
            paths.paths.values_mut().for_each(|item| *item = PathItem::default());
        }
        let methods = methods.route_layer(from_fn(move |request: Request, next: Next| need.hold(request, next)));
        Self { routes: self.routes.routes((schemas, paths, methods)), ..self }
    }
}

/// What a route asks for.
#[derive(Clone, Copy)]
enum Need {
    Nothing,
    Tenant,
    Permission(Permission),
    Person,
    Platform,
}

impl Need {
    async fn hold(self, request: Request, next: Next) -> Response {
        match self.check(&request) {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    }

    fn check(self, request: &Request) -> Result<(), Problem> {
        if matches!(self, Self::Nothing) {
            return Ok(());
        }
        let caller = caller(request)?;
        match self {
            Self::Nothing => Ok(()),
            Self::Tenant => caller.acting().map(drop),
            Self::Permission(permission) => {
                if caller.acting()?.actor.may(permission) {
                    Ok(())
                } else {
                    Err(Problem::forbidden(permission))
                }
            }
            Self::Person => caller.person().map(drop),
            Self::Platform => caller.administers(),
        }
    }

    /// Who may call, in the document's words.
    const fn caller(self) -> &'static str {
        match self {
            Self::Nothing => "anyone",
            Self::Tenant | Self::Permission(_) => "tenant",
            Self::Person => "person",
            Self::Platform => "platform",
        }
    }

    fn describe(self, paths: &mut Paths) {
        for item in paths.paths.values_mut() {
            let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            for operation in all.into_iter().flatten() {
                self.describe_operation(operation);
            }
        }
    }

    fn describe_operation(self, operation: &mut Operation) {
        // One of the two and never both: the library keeps extensions in no order, and the committed document must not move.
        let said = match self {
            Self::Permission(permission) => ExtensionsBuilder::new().add("x-permission", permission.as_str()),
            _ => ExtensionsBuilder::new().add("x-caller", self.caller()),
        };
        operation.extensions.get_or_insert_default().merge(said.build());
        if matches!(self, Self::Person | Self::Platform) {
            // An app's key does not do.
            operation.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
        }
    }
}

/// What came of asking who is calling. Left in the request for the layers and handlers behind.
#[derive(Clone)]
pub(crate) struct Identified(Result<Caller, Problem>);

/// Finds out once who is calling. Refusing is the guard's business: some routes are for strangers.
pub(crate) async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let answer = Caller::of(&web, request.method(), request.headers()).await;
    request.extensions_mut().insert(Identified(answer));
    next.run(request).await
}

/// Who is calling, as [`identify`] found out.
fn caller(request: &Request) -> Result<Caller, Problem> {
    match request.extensions().get::<Identified>() {
        Some(identified) => identified.answer(),
        None => Err(Problem::new(Code::MissingCredentials, "this request was not looked at by `identify`")),
    }
}

/// The tenant that the caller acts for, as [`identify`] found out.
pub(crate) fn identified(request: &Request) -> Result<TenantAuth, Problem> {
    caller(request)?.acting()
}

impl Identified {
    pub(crate) fn answer(&self) -> Result<Caller, Problem> {
        self.0.clone()
    }
}
